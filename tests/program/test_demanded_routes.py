"""A stack that demands an answer to its routes, and gets none, fails the run as any other failure does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def demanding(tmp_path: Path) -> str:
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    (manifest,) = (config / "stacks" / "grafana").glob("phoenix.y*ml")
    manifest.write_text(manifest.read_text() + "\nx-phoenix: {probe: required}\n")
    return str(config)


def test_what_is_not_answered_reaches_the_verdict(run_program: Callable[..., Any], demanding: str) -> None:
    declared = run_program({"configDir": demanding}, answers={"traefik-stacks": {"unanswered": {"grafana@113": "no"}}})
    assert declared.inputs["traefik-stacks"]["__follow"]["demanding"] == ["grafana@113"]
    assert declared.inputs["verdict"]["failures"]["grafana@113"] == "no"


def test_a_failure_of_the_stack_itself_comes_first(run_program: Callable[..., Any], demanding: str) -> None:
    answers = {"traefik-stacks": {"unanswered": {"grafana@113": "no"}}, "grafana@113": {"failure": "exited"}}
    declared = run_program({"configDir": demanding}, answers=answers)
    assert declared.inputs["verdict"]["failures"]["grafana@113"] == "exited"


def test_nobody_demands_by_default(run_program: Callable[..., Any]) -> None:
    declared = run_program(answers={"traefik-stacks": {"unanswered": {"grafana@113": "no"}}})
    assert declared.inputs["verdict"]["failures"]["grafana@113"] == ""
