"""What is recorded: planned values, values after a failure, and ids of what has moved."""

from __future__ import annotations

from typing import Any

import pytest

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
RULE = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enabled": True}
TEXTS = ("comment", "dest", "iface", "log", "macro", "securityGroup", "source", "sport")
VM, CONTAINER = {"nodeName": "pve", "vmId": 111}, {"nodeName": "pve", "containerId": 201}


def recorded(wire: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wire.items() if not name.startswith("__")}


def test_the_plan_of_a_create_leaves_open_what_is_not_said(engine: Any) -> None:
    rules = engine.create("rules", {"rules": [RULE]}, preview=True)
    nowhere = dict.fromkeys(("containerId", "nodeName", "vmId"))
    rule = RULE | dict.fromkeys(TEXTS) | {"pos": UNKNOWN}
    assert recorded(rules.wire) == nowhere | {"id": UNKNOWN, "rules": [rule]}
    options = engine.create("options", VM, preview=True)
    assert (options.wire["containerId"], options.wire["ipfilter"], options.wire["dhcp"]) == (None, None, False)


@pytest.mark.parametrize("rules", [UNKNOWN, [RULE, UNKNOWN]])
def test_a_list_with_something_unknown_is_unknown(engine: Any, rules: Any) -> None:
    assert engine.create("rules", {"rules": rules}, preview=True).wire["rules"] == UNKNOWN


def test_the_plan_of_an_update_keeps_what_is_nothing_on_both_sides(engine: Any) -> None:
    created = engine.create("rules", {"rules": [RULE | {"comment": "a"}]})
    checked, _ = engine.check("rules", {"rules": [RULE, RULE]}, created.inputs)
    structs = {"olds": created.wire, "news": checked, "old_inputs": created.inputs}
    answer = engine.call("Update", "UpdateRequest", structs, preview=True, id=created.id, **engine._names("rules"))
    planned = [dict(rule.struct_value.items()) for rule in answer.properties.fields["rules"].list_value.values]
    assert planned == [RULE | dict.fromkeys(TEXTS, "") | {"pos": 0}, RULE | dict.fromkeys(TEXTS) | {"pos": None}]


def test_after_a_failed_update_nothing_is_left_open_in_the_list(engine: Any, lab: Any) -> None:
    created = engine.create("rules", {"rules": [RULE]})
    lab.server.fail("POST", "cluster/firewall/rules", 500, "no luck")
    failed = engine.up(created, {"rules": [RULE, RULE | {"dport": "80"}]})
    assert failed.state["rules"][1] == RULE | {"dport": "80"} | dict.fromkeys(TEXTS, "") | {"pos": 0}


@pytest.mark.parametrize("kind", ["rules", "options"])
def test_only_options_get_the_id_of_the_guest_that_they_are_now_for(engine: Any, kind: str) -> None:
    """The engine learns of it with the next refresh; what was set for the old guest stays."""
    created = engine.create(kind, VM)
    moved = engine.up(created, CONTAINER)
    assert (moved.done, moved.id) == ("updated", created.id)
    # What is no longer said is empty from then on, not absent.
    assert (moved.state["containerId"], moved.state["vmId"]) == (201, 0)
    refreshed = engine.refresh(moved)
    assert (refreshed.id == engine.create(kind, CONTAINER).id) is (kind == "options")
    assert (refreshed.id == created.id) is (kind == "rules")


def test_the_cluster_options_have_their_own_id_after_an_update(engine: Any) -> None:
    updated = engine.up(engine.take_over("cluster options", "any"), {"enabled": True})
    assert updated.id == "any"
    assert engine.refresh(updated).id == "cluster-firewall"


def test_lookups_check_what_they_are_given(engine: Any, lab: Any) -> None:
    assert engine.look_up("getDnsLegacy") == {}
    assert engine.look_up("getDnsLegacy", nodeName="pve", colour="red") == {}
    assert lab.calls() == []
