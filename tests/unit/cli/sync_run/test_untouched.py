"""A run for one stack leaves the records of everything else as they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from phoenix_providers.cli.sync_run.untouched import Untouched, untouched
from tests.unit.cli.run_progress.made_events import RULES, STACK_ROUTES, stack_urn

GRAFANA, WHOAMI = stack_urn("grafana@113"), stack_urn("whoami@112")
TARGETS = ("grafana@113", "traefik-stacks")


def record(urn: str, **more: Any) -> Mapping[str, Any]:
    return {"urn": urn, "type": "t", "id": "1", "inputs": {"a": 1}, "outputs": {"a": 1}, **more}


BEFORE = [record(GRAFANA), record(WHOAMI), record(RULES), record(STACK_ROUTES), record("urn:pulumi:l::s::pulumi:x::y")]


@pytest.mark.parametrize(
    ("after", "worked_on", "expected"),
    [
        (BEFORE, (), Untouched(2)),
        ([record(GRAFANA, inputs={}), *BEFORE[1:]], (GRAFANA, STACK_ROUTES), Untouched(2)),
        # When the engine wrote it, and in which order it has edges, are its own affairs.
        ([*BEFORE[:1], record(WHOAMI, modified="now", dependencies=[RULES]), *BEFORE[2:]], (), Untouched(2)),
        ([*BEFORE[:1], record(WHOAMI, outputs={"a": 2}), *BEFORE[2:]], (), Untouched(2, ("whoami@112",))),
        ([*BEFORE[:2], *BEFORE[3:]], (), Untouched(2, ("firewall rules of guest 113",))),
        (BEFORE, (WHOAMI,), Untouched(2, (), ("whoami@112",))),
    ],
)
def test_what_is_compared(after: list[Mapping[str, Any]], worked_on: tuple[str, ...], expected: Untouched) -> None:
    found = untouched(BEFORE, after, worked_on, TARGETS)
    assert found == expected
    assert found.is_proven == (expected == Untouched(2))


def test_something_new_that_is_no_target_is_a_change() -> None:
    assert untouched(BEFORE[:1], BEFORE[:2], (), TARGETS).changed == ("whoami@112",)
