"""What is gathered for a plan, and what nobody may see of it."""

from __future__ import annotations

from typing import Any

from phoenix_providers.cli.changes.gathering import former_secrets
from phoenix_providers.planning.site.changes.change import Action
from phoenix_providers.planning.site.changes.resource_change import ResourceChange


def _change(recorded: dict[str, Any], declared: dict[str, Any]) -> ResourceChange:
    was = {"env": recorded}
    return ResourceChange("a@1", "PortainerStack", Action.CHANGE, recorded=was, live=was, declared={"env": declared})


def test_what_a_secret_was_before_is_secret_too() -> None:
    change = _change({"TOKEN": "before", "TAG": "12.1"}, {"TOKEN": "after", "TAG": "12.2"})
    assert {*former_secrets([change], ["after"])} == {"before"}


def test_an_empty_secret_hides_nothing() -> None:
    assert [*former_secrets([_change({"TAG": "12.1"}, {"TAG": "12.2"})], [""])] == []


def test_what_has_no_variables_has_no_secrets() -> None:
    change = ResourceChange("rules@1", "RulesLegacy", Action.MAKE, recorded={}, live={}, declared={})
    assert [*former_secrets([change], ["after"])] == []
