"""The demo itself: what `make demo` runs after set-up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.engine


def test_the_demo_ends_with_an_empty_second_pass() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "phoenix", "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "second pass: 0 changes"
    assert "http://grafana.home.example/" in done.stdout
    assert "grafana-production is as declared again" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_ended_stops_what_it_started(tmp_path: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    # What runs in the background of a script ignores an interrupt.
    demo = subprocess.Popen(
        ["env", "--default-signal=INT", Path(sys.executable).parent / "phoenix", "demo"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    with demo:
        deadline = time.monotonic() + 60
        while not (found := list(tmp_path.glob("*/products/running.json"))):
            assert time.monotonic() < deadline
            assert demo.poll() is None
            time.sleep(0.02)
        lab = psutil.Process(json.loads(found[0].read_text())["pid"])
        demo.send_signal(number)
        output, _ = demo.communicate(timeout=120)
    assert not lab.is_running(), output
    assert demo.returncode == 8, output
    assert "Traceback" not in output
