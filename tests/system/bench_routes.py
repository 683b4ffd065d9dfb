"""From a changed file to an answer in a browser, with the real engine: `make bench`."""

from __future__ import annotations

import threading
import time

import pytest

from phoenix_providers.lab.probe import ask

pytestmark = pytest.mark.engine


def test_time_from_up_to_a_route_that_answers(rehearsal, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = next((rehearsal.config / "stacks" / "grafana").glob("phoenix.y*ml"))
    manifest.write_text(manifest.read_text().replace("grafana.home.example", "changed.home.example"))
    start = time.perf_counter()
    run = threading.Thread(target=rehearsal.must_up)
    run.start()
    while ask(rehearsal.lab.traefik_url, "changed.home.example").status != 200:
        assert time.perf_counter() < start + 120
        time.sleep(0.02)
    answered = time.perf_counter() - start
    run.join()
    ended = time.perf_counter() - start
    with capsys.disabled():
        print(
            f"\npulumi up of the example site: a new route answers after {answered:.1f} s; it ends after {ended:.1f} s"
        )
