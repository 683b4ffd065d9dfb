"""`extends` within a file: the cases are what compose 2.29.2 prints with `config`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose, read_compose
from phoenix_providers.planning.findings import Findings

CASES = YAML(typ="safe", pure=True).load((Path(__file__).parents[3] / "cases" / "compose" / "extends.yaml").read_text())


def read(text: str, findings: Findings) -> Compose | None:
    def locate(*path: str | int) -> Location:
        return Location(Path("c"), 1, ".".join(map(str, path)))

    return read_compose(text, {"P": "8080"}, locate, findings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_case(case: Mapping[str, Any]) -> None:
    findings = Findings("x")
    compose = read(case["text"], findings)
    assert [(problem.location.path if problem.location else "", problem.message) for problem in findings.errors] == [
        tuple(one) for one in case.get("refused", ())
    ]
    assert compose is not None
    for name, expected in case.get("services", {}).items():
        assert compose.model["services"][name] == expected, name
    for path, origin in case.get("places", {}).items():
        steps = [int(step) if step.isdigit() else step for step in path.split(".")]
        assert compose.placed(lambda *found: Location(Path("c"), 1, ".".join(map(str, found))))(*steps).path == origin
