"""Checks, defaults and differences: all without a request."""

from __future__ import annotations

from typing import Any

import pytest

RULE = {"type": "in", "action": "ACCEPT"}


@pytest.mark.parametrize(
    ("kind", "inputs", "place", "reason"),
    [
        (
            "rules",
            {"rules": [RULE, RULE | {"action": "accept"}]},
            "rules[1].action",
            'one of ["ACCEPT" "REJECT" "DROP"]',
        ),
        ("rules", {"rules": [RULE | {"type": "sideways"}]}, "rules[0].type", 'one of ["in" "out" "forward"]'),
        ("rules", {"rules": [RULE | {"colour": "red"}]}, "rules[0].colour", "not expected here"),
        ("rules", {"rules": [RULE | {"dport": 443}]}, "rules[0].dport", "expected text"),
        ("rules", {"rules": [], "vmId": 111}, "vmId", 'all of "node_name,vm_id" must be specified'),
        ("rules", {"rules": [], "containerId": 201}, "containerId", 'all of "node_name,container_id" must be'),
        ("options", {"nodeName": "pve"}, "vmId", 'one of "container_id,vm_id" must be specified'),
        ("options", {"nodeName": "pve", "vmId": 1, "containerId": 2}, "vmId", "only one of"),
        ("options", {"vmId": 111}, "nodeName", "is required"),
        (
            "options",
            {"nodeName": "pve", "vmId": 111, "logLevelIn": "loud"},
            "logLevelIn",
            "expected logLevelIn to be one",
        ),
        ("dns", {"nodeName": "pve", "domain": "x", "servers": list("1234")}, "servers", "No more than 3"),
        ("dns", {"nodeName": "pve"}, "domain", "is required"),
        ("hosts", {"nodeName": "pve", "entry": []}, "entry", "At least 1"),
        (
            "hosts",
            {"nodeName": "pve", "entry": [{"address": "::1", "hostnames": []}]},
            "entry[0].hostnames",
            "At least 1",
        ),
        ("hosts", {"nodeName": "pve", "entries": []}, "entry", "is required"),
        ("cluster options", {"forwardPolicy": "REJECT"}, "forwardPolicy", 'one of ["ACCEPT" "DROP"], got REJECT'),
        ("cluster options", {"enabled": "maybe"}, "enabled", "expected switch"),
    ],
)
def test_failures(
    engine: Any, lab: Any, same_words: bool, kind: str, inputs: dict[str, Any], place: str, reason: str
) -> None:
    _, failures = engine.check(kind, inputs)
    assert list(failures) == [place]
    assert reason in failures[place] or not same_words
    assert lab.calls() == []


def test_a_rule_without_action_passes_the_check(engine: Any) -> None:
    assert engine.check("rules", {"rules": [{"type": "in"}]})[1] == {}


def test_values_that_are_not_known_yet_pass(engine: Any) -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    inputs = {"nodeName": unknown, "vmId": unknown, "rules": [RULE | {"action": unknown}, unknown]}
    assert engine.check("rules", inputs)[1] == {}


@pytest.mark.parametrize(
    ("kind", "inputs", "defaults"),
    [
        ("dns", {"nodeName": "pve", "domain": "x"}, {"servers": []}),
        (
            "cluster options",
            {"enabled": True},
            {"forwardPolicy": "ACCEPT", "inputPolicy": "DROP", "outputPolicy": "ACCEPT"},
        ),
        (
            "options",
            {"nodeName": "pve", "vmId": 111},
            {
                "dhcp": False,
                "enabled": False,
                "inputPolicy": "DROP",
                "logLevelIn": "nolog",
                "logLevelOut": "nolog",
                "macfilter": True,
                "ndp": False,
                "outputPolicy": "ACCEPT",
                "radv": True,
            },
        ),
    ],
)
def test_defaults(engine: Any, kind: str, inputs: dict[str, Any], defaults: dict[str, Any]) -> None:
    checked, _ = engine.check(kind, inputs)
    assert {name: checked[name] for name in defaults} == defaults
    assert set(defaults) <= set(checked["__defaults"])
    assert not set(inputs) & set(checked["__defaults"])


def test_part_of_a_log_limit_is_completed(engine: Any) -> None:
    limit = engine.check("cluster options", {"logRatelimit": {"burst": 9}})[0]["logRatelimit"]
    assert limit == {"burst": 9, "enabled": True, "rate": "1/second", "__defaults": ["enabled", "rate"]}


def test_a_default_is_put_back_after_a_change_by_hand(engine: Any, lab: Any) -> None:
    inputs = {"nodeName": "pve", "vmId": 111, "enabled": True}
    created = engine.create("options", inputs)
    lab.set_options(lab.options("vm", 111) | {"policy_in": "ACCEPT"}, "vm", 111)
    updated = engine.up(engine.refresh(created), inputs)
    assert updated.places == {"inputPolicy": "UPDATE"}
    assert lab.options("vm", 111)["policy_in"] == "DROP"


@pytest.mark.parametrize(
    ("kind", "inputs", "change", "places"),
    [
        (
            "rules",
            {"rules": [RULE | {"comment": "a"}, RULE]},
            {"rules": [RULE, RULE, RULE]},
            {"rules[0].comment": "DELETE", "rules[2]": "ADD"},
        ),
        ("rules", {"rules": [RULE, RULE]}, {"rules": [RULE]}, {"rules[1]": "DELETE"}),
        (
            "hosts",
            {"nodeName": "pve", "entry": [{"address": "::1", "hostnames": ["a", "b"]}]},
            {"entry": [{"address": "::1", "hostnames": ["a", "c", "d"]}]},
            {"entry[0].hostnames[1]": "UPDATE", "entry[0].hostnames[2]": "ADD"},
        ),
        (
            "hosts",
            {"nodeName": "pve", "entry": [{"address": "::1", "hostnames": ["a"]}]},
            {"nodeName": "b"},
            {"nodeName": "UPDATE"},
        ),
        ("dns", {"nodeName": "pve", "domain": "a"}, {"nodeName": "b"}, {"nodeName": "UPDATE_REPLACE"}),
        ("cluster options", {}, {"logRatelimit": {"burst": 9}}, {"logRatelimit.burst": "UPDATE"}),
        ("options", {"nodeName": "pve", "vmId": 111}, {"vmId": 112}, {"vmId": "UPDATE"}),
    ],
)
def test_differences_name_the_place(
    engine: Any, kind: str, inputs: dict[str, Any], change: dict[str, Any], places: dict[str, str]
) -> None:
    created = engine.create(kind, inputs)
    checked, _ = engine.check(kind, inputs | change, created.inputs)
    answer = engine.diff(created, checked)
    kinds = {place: type(one).Kind.Name(one.kind) for place, one in answer.detailedDiff.items()}
    assert kinds == places
    assert answer.replaces == [place for place, name in places.items() if "REPLACE" in name]


def test_ignored_changes_are_no_differences(engine: Any) -> None:
    inputs = {"nodeName": "pve", "vmId": 111}
    created = engine.create("options", inputs)
    checked, _ = engine.check("options", inputs | {"dhcp": True}, created.inputs)
    structs = {"olds": created.state, "news": checked}
    answer = engine.call("Diff", "DiffRequest", structs, ignoreChanges=["dhcp"], **engine._names("options"))
    assert list(answer.detailedDiff) == []


@pytest.mark.usefixtures("stand_in")
def test_unknown_types_and_functions_are_named(engine: Any) -> None:
    with pytest.raises(Exception, match="does not have the resource type proxmoxve:index/vmLegacy:VmLegacy"):
        engine.check("proxmoxve:index/vmLegacy:VmLegacy", {})
    with pytest.raises(Exception, match="does not have the function proxmoxve:index/getNodesLegacy:getNodesLegacy"):
        engine.look_up("getNodesLegacy")
