"""What the engine does with a resource, as read in its source and measured with it."""

from __future__ import annotations

import pytest

from phoenix_providers.cli.imitated_engine.steps import (
    Comparison,
    Step,
    changed_names,
    leaving,
    operations,
    with_ignored,
)
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource

URN = "urn:pulumi:lab::site::phoenix:site:Cluster$proxmoxve:firewall/rulesLegacy:RulesLegacy::rules@cluster"
REPLACED = ("create-replacement", "replace", "delete-replaced")


def stored(urn: str = URN, *, condemned: bool = False, **inputs: object) -> StoredResource:
    return StoredResource(urn, "a:b:C", "1", is_condemned=condemned, inputs=dict(inputs))


@pytest.mark.parametrize(
    ("old", "inputs", "comparison", "expected"),
    [
        (None, {"a": 1}, None, ("create",)),
        (None, {"a": 1}, Comparison(False), ("create",)),
        (stored(a=1), {"a": 1}, Comparison(False), ("same",)),
        # Whatever the inputs are: the provider knows best.
        (stored(a=1), {"a": 2}, Comparison(False), ("same",)),
        (stored(a=1), {"a": 1}, Comparison(True), ("update",)),
        (stored(a=1), {"a": 2}, Comparison(True, ["a"]), REPLACED),
        # A provider that does not say.
        (stored(a=1), {"a": 1}, Comparison(None), ("same",)),
        (stored(a=1), {"a": 2}, Comparison(None), ("update",)),
        (stored(a=1), {"a": 2}, Comparison(None, ["a"]), REPLACED),
        # A component has no provider.
        (stored(), {}, None, ("same",)),
        (stored(), {"a": 1}, None, ("update",)),
    ],
)
def test_operations(
    old: StoredResource | None, inputs: dict[str, object], comparison: Comparison | None, expected: tuple[str, ...]
) -> None:
    assert operations(old, inputs, comparison) == expected


def test_ignored_properties_keep_what_the_state_has() -> None:
    assert with_ignored({"rules": [1], "node": "pve"}, stored(rules=[2], node="old"), ["rules"]) == {
        "rules": [2],
        "node": "pve",
    }
    assert with_ignored({"rules": [1]}, stored(), ["rules"]) == {}
    assert with_ignored({"rules": [1]}, None, ["rules"]) == {"rules": [1]}


def test_what_nobody_declares_goes_and_what_an_interrupted_run_has_left_goes_too() -> None:
    there = [stored("urn:a::kept"), stored("urn:a::gone"), stored("urn:a::kept", condemned=True)]
    assert leaving(there, {"urn:a::kept"}) == [Step("delete", "urn:a::gone"), Step("delete-replaced", "urn:a::kept")]


def test_a_step_is_told_by_name_and_own_type() -> None:
    step = Step("update", URN)
    assert (step.name, step.type) == ("rules@cluster", "proxmoxve:firewall/rulesLegacy:RulesLegacy")


def test_changed_names_leave_out_what_is_the_engines_own() -> None:
    old = stored(kept=1, gone=2, other=3, __provider="x")
    assert changed_names(old, {"kept": 1, "other": 4, "new": 5, "__defaults": []}) == ("gone", "new", "other")


def test_changed_names_leave_out_what_is_only_shown_and_another_form() -> None:
    old = stored(**{"compose": "a: 1\n", "http router web": "rule x"})
    assert changed_names(old, {"compose": "@ nginx:1\na: 1\n", "record a.example": "10.0.0.1"}) == ()
    assert changed_names(old, {"compose": "@ nginx:1\na: 2\n"}) == ("compose",)
