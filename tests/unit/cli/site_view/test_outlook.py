"""What a run would change, and whether the files or the live things ask for it."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.cli.imitated_engine.steps import Operation, Step
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource
from phoenix_providers.cli.site_view.outlook import _change, _in_short
from phoenix_providers.models.observed import AS_DECLARED, NOT_LOOKED_AT

TYPE = "pulumi-python:dynamic/phoenix:PortainerStack"
URN = f"urn:pulumi:lab::site::{TYPE}::grafana@113"


def resource(**inputs: Any) -> StoredResource:
    return StoredResource(URN, TYPE, inputs={"observed": AS_DECLARED, "compose": "a", **inputs})


def step(old: StoredResource, operation: Operation = "update", **declared: Any) -> Step:
    return Step(operation, URN, ("anything",), old, {"observed": AS_DECLARED, "compose": "a", **declared})


@pytest.mark.parametrize(
    ("old", "declared", "cause", "text"),
    [
        (resource(), {"compose": "b"}, "declared", "compose file"),
        (resource(compose="by hand"), {}, "drift", "compose file"),
        (resource(observed="grafana is exited"), {}, "drift", "grafana is exited"),
        (resource(observed="grafana is exited"), {"compose": "b"}, "both", "grafana is exited; compose file"),
        (resource(observed=f"{NOT_LOOKED_AT}nobody answers"), {"compose": "b"}, "declared", "compose file"),
    ],
)
def test_causes(old: StoredResource, declared: dict[str, Any], cause: str, text: str) -> None:
    view = _change(step(old, **declared), resource())
    assert view is not None
    assert (view.name, view.what, view.cause, view.text) == ("grafana@113", "stack", cause, text)


def test_what_nobody_could_look_at_does_not_differ() -> None:
    assert _change(step(resource(observed=f"{NOT_LOOKED_AT}nobody answers")), resource()) is None


def test_what_is_empty_may_be_left_out() -> None:
    view = _change(step(resource(observed="grafana is exited"), limits={}), resource())
    assert view is not None
    assert view.text == "grafana is exited"


def test_what_the_engine_adds_to_a_rule_is_not_declared_anew() -> None:
    kind = "proxmoxve:firewall/rulesLegacy:RulesLegacy"
    urn = f"urn:pulumi:lab::site::{kind}::rules@113"
    rule = {"action": "ACCEPT", "dport": "8302"}
    stored = StoredResource(urn, kind, inputs={"rules": [{"__defaults": [], "source": "", **rule}], "vmId": 113.0})
    live = StoredResource(urn, kind, inputs={"rules": [], "vmId": 113.0})
    view = _change(Step("update", urn, ("rules",), live, {"rules": [rule], "vmId": 113}), stored)
    assert view is not None
    assert (view.cause, view.text) == ("drift", "rules")


def test_what_only_remembers_is_no_change_for_people() -> None:
    own = Step("update", URN.replace("PortainerStack", "Verdict"))
    assert _change(own, None) is None


def test_whole_things() -> None:
    view = _change(Step("delete", URN), resource())
    assert view is not None
    assert (view.operation, view.cause, view.text) == ("delete", None, "is not in the files any more")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            "pulumi-python:dynamic/phoenix:Inventory resource 'inventory' has a problem: \n"
            "refused: This run would delete 8 of 9 names:\n  next:     put them back",
            "refused: This run would delete 8 of 9 names",
        ),
        (
            "not ready: Portainer is not.\n  at:       x\nThe agent does not answer",
            "not ready: Portainer is not: The agent does not answer",
        ),
        ("update failed", "update failed"),
    ],
)
def test_why_it_is_not_known_is_told_without_the_engines_words(error: str, told: str) -> None:
    assert _in_short(error) == told
