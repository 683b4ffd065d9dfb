"""The page for the browser, as a file; what a browser makes of it is tested in `tests/cli/graph`."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from phoenix_providers.models.run_record import RunRecord, RunStep
from phoenix_providers.planning.site.graph.html_page import html_page
from phoenix_providers.planning.site.graph.overlay import Overlay, Standing
from phoenix_providers.planning.site.graph.picture import Picture, Thing
from phoenix_providers.planning.stacks.health import HealthStatus
from tests.unit.planning.site.graph.example_picture import EXAMPLE, drawn


def data(page: str) -> Any:
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


def test_it_names_nothing_outside_itself(example: Picture) -> None:
    page = html_page(example)
    addresses = set(re.findall(r"https?://[^\s\"'`<,)\\]+", page))
    # Back ends of the example, and the name of SVG.
    assert {address for address in addresses if "127.50.0." not in address} == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<link|<img|<iframe|\bsrc=|@import|url\(|fetch\(|XMLHttpRequest|\bimport\b", page)


def test_its_own_style_and_script_are_all_that_may_run(example: Picture) -> None:
    page = html_page(example)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert f"{tag}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none';")


def test_no_text_of_the_files_ends_the_data() -> None:
    odd = "</script><script>alert(1)</script><!--"
    page = html_page(Picture(odd, (Thing("guest:1", "guest", odd, odd, odd, also=("1",)),), ()))
    assert data(page)["things"][0]["name"] == odd
    assert "alert(1)</script>" not in page
    assert "<title>&lt;/script&gt;" in page


def test_no_value_of_a_variable_is_in_it(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "config")
    manifest = folder / "stacks" / "whoami" / "phoenix.yaml"
    manifest.write_text(manifest.read_text().replace("value: staging", "value: canary"))
    compose = folder / "stacks" / "whoami" / "docker-compose.yml"
    compose.write_text(compose.read_text().replace("WHOAMI_NAME: ${WHOAMI_NAME}", "WHOAMI_NAME: canary"))
    assert "canary" in manifest.read_text()
    assert "canary" in compose.read_text()
    page = html_page(drawn(folder))
    assert "WHOAMI_NAME" in page
    assert "canary" not in page


def test_what_is_known_beside_the_files_is_in_it(example: Picture) -> None:
    step = RunStep(name="grafana@113", type="PortainerStack", operation="update", started=10.0, ended=14.5, failed=True)
    run = RunRecord(command="phoenix sync all", started=8.0, ended=20.0, exit_code=4, steps=(step,), unchanged=63)
    standings = {"grafana@113": Standing(HealthStatus.DEGRADED, "grafana is exited", "exit code 137")}
    found = data(html_page(example, Overlay("looked at", standings, run)))
    (grafana,) = [thing for thing in found["things"] if thing["name"] == "grafana@113"]
    assert {key: grafana[key] for key in ("health", "sign", "drift", "detail")} == {
        "health": "degraded",
        "sign": "✗",
        "drift": "grafana is exited",
        "detail": "exit code 137",
    }
    assert found["source"] == "looked at"
    assert (found["run"]["seconds"], found["run"]["exit_code"], found["run"]["unchanged"]) == (12, 4, 63)
    (lane,) = found["run"]["lanes"]
    (bar,) = lane["bars"]
    assert (lane["title"], bar["begin"], bar["end"], bar["failed"]) == ("6 tools (113)", 2, 6.5, True)


def test_from_the_files_alone_nothing_is_said_of_health(example: Picture) -> None:
    found = data(html_page(example))
    assert found["run"] is None
    assert not [thing for thing in found["things"] if "health" in thing or "drift" in thing]
