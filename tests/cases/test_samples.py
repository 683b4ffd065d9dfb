"""Whole installations of the old spelling: what they declare, compared with what was derived by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.rendering import render

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = sorted((Path(__file__).parent / "samples").glob("*.yaml"))
# Text and routes of stacks are compared elsewhere.
_OF_A_STACK = ("name", "vmid", "environment", "project", "env", "blocked")


@pytest.mark.parametrize("folder", ["", "etc"])
@pytest.mark.parametrize("file", EXPECTED, ids=lambda file: file.stem)
def test_sample(file: Path, folder: str) -> None:
    expected = YAML(typ="safe", pure=True).load(file.read_text())
    rendered = render(plan_site(load_configuration(SAMPLES / file.stem / folder, Settings())))
    stacks = [{key: stack[key] for key in _OF_A_STACK} for stack in rendered["stacks"]]
    declared = {**rendered, "stacks": stacks}
    for part in ("dns", "firewall", "traefik", "environments", "stacks"):
        assert declared[part] == expected[part], part
    _compare(rendered["problems"], expected["problems"], SAMPLES / file.stem)


def _compare(found: list[dict[str, Any]], expected: list[dict[str, Any]], folder: Path) -> None:
    left = list(found)
    for wanted in expected:
        match = next((problem for problem in left if _is(problem, wanted)), None)
        assert match is not None, f"missing: {wanted}\nfound: {json.dumps(left, indent=1)}"
        left.remove(match)
    assert left == []
    assert all(str(folder) in problem["location"] for problem in found if problem["location"])


def _is(problem: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    text = " ".join(str(problem.get(key, "")) for key in ("message", "seen", "expected", "next_step"))
    return (
        problem["severity"] == "warning"
        and problem.get("stack", "") == wanted.get("stack", "")
        and str(problem["location"]).endswith(wanted.get("at", ""))
        and all(word in text for word in wanted["says"])
    )
