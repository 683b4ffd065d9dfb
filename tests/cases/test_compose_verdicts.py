"""Our verdict on small compose files is that of the newer recorded compose, unless `decided.yaml` says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.models.location import Location
from phoenix_providers.models.problem import Problem
from phoenix_providers.planning.compose.compose_file import read_compose
from phoenix_providers.planning.compose.interpolation import with_project
from phoenix_providers.planning.compose.specification.reading import check_specification
from phoenix_providers.planning.compose.unsupported import refuse
from phoenix_providers.planning.findings import Findings

from .verdict_cases import VerdictCase, decided, recorded, verdict_cases

CASES = tuple(verdict_cases())
RECORDED = recorded()
DECIDED = decided()
_NEWER = "2.40.3"
_LEAST = 300


def _place(*path: object) -> Location:
    return Location(Path("docker-compose.yml"), None, ".".join(map(str, path)))


def refusals(case: VerdictCase) -> tuple[Problem, ...]:
    findings = Findings("case")
    compose = read_compose(case.text, with_project(dict(case.variables), "case"), _place, findings)
    if compose is not None:
        refuse(compose, _place, findings)
        check_specification(compose, _place, findings)
    return findings.errors


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_verdict(case: VerdictCase) -> None:
    found = refusals(case)
    reason = RECORDED[case.title][_NEWER]
    own = DECIDED.get(case.title, {})
    wanted = own.get("verdict", "refused" if reason else "accepted")
    assert ("refused" if found else "accepted") == wanted, f"compose: {reason}\nhere: {found}\n{case.text}"
    for problem in found:
        assert all((problem.location, problem.seen, problem.expected, problem.next_step)), problem


def test_the_record_is_of_these_texts() -> None:
    titles = [case.title for case in CASES]
    assert len(set(titles)) == len(titles) >= _LEAST
    assert set(RECORDED) == set(titles)
    assert set(DECIDED) <= set(titles)


@pytest.mark.parametrize("title", DECIDED)
def test_what_is_decided_here_differs_and_has_a_reason(title: str) -> None:
    own = DECIDED[title]
    assert own["because"]
    assert (own["verdict"] == "refused") is not bool(RECORDED[title][_NEWER])
