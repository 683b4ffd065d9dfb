"""What the program declares of a stack that its manifest holds, and that the run is no failure for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.resources.verdict import VerdictProvider

ROOT = Path(__file__).parents[2]
FAILED = {"grafana@113": {"failure": "web: exited (1)", "live_routes": {}}}


@pytest.fixture
def hold(tmp_path: Path) -> Any:
    """Return a function that holds the example's grafana, and gives the settings for it."""

    def write(value: object) -> dict[str, str]:
        config = shutil.copytree(ROOT / "config", tmp_path / "config")
        manifest = config / "stacks" / "grafana" / "phoenix.yaml"
        manifest.write_text(f"{manifest.read_text()}\nx-phoenix: {json.dumps({'hold': value})}\n")
        return {"configDir": str(config)}

    return write


@pytest.mark.parametrize(("value", "withdrawn"), [(True, False), ("without-routes", True)])
def test_it_is_left_alone_and_the_run_ends_well(run_program: Any, hold: Any, value: object, withdrawn: bool) -> None:
    declared = run_program(hold(value), answers=FAILED)
    stack = declared.inputs["grafana@113"]
    assert stack["blocked"] == "held"
    assert stack.get("withdraw", False) is withdrawn
    assert declared.inputs["whoami@111"]["blocked"] == ""
    verdict = declared.inputs["verdict"]
    assert verdict["failures"]["grafana@113"] == ""
    VerdictProvider().create({**verdict, "blocked": {}})
    assert "grafana@113" not in verdict["blocked"]


def test_what_is_wrong_with_its_files_is_told_all_the_same(run_program: Any, hold: Any, tmp_path: Path) -> None:
    settings = hold("without-routes")
    compose = next((tmp_path / "config" / "stacks" / "grafana").glob("*compose.y*ml"))
    compose.write_text(compose.read_text().replace("image:", "imgae:", 1))
    declared = run_program(settings)
    stack = declared.inputs["grafana@113"]
    assert stack["blocked"] not in {"", "held"}
    assert "withdraw" not in stack
    assert "grafana@113" in declared.inputs["verdict"]["blocked"]
