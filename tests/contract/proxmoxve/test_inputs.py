"""Checks, defaults and differences: all without a request."""

from __future__ import annotations

from typing import Any

import pytest

RULE = {"type": "in", "action": "ACCEPT"}
REQUIRED = 'Missing required argument. The argument "{}" is required, but no definition was found.'
FEW = "Not enough list items. Attribute {} requires 1 item minimum, but config has only 0 declared."


@pytest.mark.parametrize(
    ("kind", "inputs", "reasons"),
    [
        (
            "rules",
            {"rules": [RULE, RULE | {"action": "accept"}]},
            {"rules[1].action": 'expected action to be one of ["ACCEPT" "REJECT" "DROP"], got accept'},
        ),
        (
            "rules",
            {"rules": [RULE | {"type": "sideways"}]},
            {"rules[0].type": 'expected type to be one of ["in" "out" "forward"], got sideways'},
        ),
        ("rules", {"rules": [RULE | {"colour": "red"}]}, {"rules[0].colour": "Invalid or unknown key"}),
        ("rules", {"colour": "red"}, {"colour": "Invalid or unknown key"}),
        (
            "rules",
            {"rules": [RULE | {"enabled": "maybe"}]},
            {"rules[0].enabled": "cannot parse '' as bool: strconv.ParseBool: parsing \"maybe\": invalid syntax"},
        ),
        ("rules", {"rules": ["x"]}, {"rules[0]": "Expected Object Type. Expected object, got string"}),
        (
            "rules",
            {"rules": [], "vmId": 111},
            {"vmId": 'Missing required argument. "vm_id": all of `node_name,vm_id` must be specified'},
        ),
        (
            "rules",
            {"rules": [], "containerId": 3},
            {
                "containerId": 'Missing required argument. "container_id": all of `container_id,node_name` '
                "must be specified"
            },
        ),
        (
            "rules",
            {"rules": [], "nodeName": "pve", "vmId": 11},
            {"vmId": "expected vm_id to be in the range (100 - 2147483647), got 11"},
        ),
        (
            "options",
            {"nodeName": "pve"},
            {
                name: f'Invalid combination of arguments. "{word}": one of `container_id,vm_id` must be specified'
                for name, word in (("containerId", "container_id"), ("vmId", "vm_id"))
            },
        ),
        (
            "options",
            {"nodeName": "pve", "vmId": 111, "containerId": 2},
            {
                name: f'Invalid combination of arguments. "{word}": only one of `container_id,vm_id` can be specified, '
                "but `container_id,vm_id` were specified."
                for name, word in (("containerId", "container_id"), ("vmId", "vm_id"))
            },
        ),
        ("options", {"vmId": 111}, {"nodeName": REQUIRED.format("node_name")}),
        (
            "options",
            {"nodeName": "pve", "vmId": 111, "logLevelIn": "loud"},
            {
                "logLevelIn": 'expected log_level_in to be one of ["emerg" "alert" "crit" "err" "warning" "notice" '
                '"info" "debug" "nolog"], got loud'
            },
        ),
        (
            "dns",
            {"nodeName": "pve", "domain": "x", "servers": list("1234")},
            {"servers": "Too many list items. Attribute servers supports 3 item maximum, but config has 4 declared."},
        ),
        ("dns", {"nodeName": "pve"}, {"domain": REQUIRED.format("domain")}),
        ("hosts", {"nodeName": "pve", "entry": []}, {"entry": FEW.format("entry")}),
        (
            "hosts",
            {"nodeName": "pve", "entry": [{"address": "::1", "hostnames": []}]},
            {"entry[0].hostnames": FEW.format("entry.0.hostnames")},
        ),
        (
            "hosts",
            {"nodeName": "pve", "entry": [{"address": "::1"}]},
            {"entry[0].hostnames": REQUIRED.format("entry.0.hostnames")},
        ),
        (
            "hosts",
            {"nodeName": "pve", "entries": []},
            {
                "entries": 'Value for unconfigurable attribute. Can\'t configure a value for "entries": its value will '
                "be decided automatically based on the result of applying this configuration.",
                "entry": REQUIRED.format("entry"),
            },
        ),
        (
            "cluster options",
            {"forwardPolicy": "REJECT"},
            {"forwardPolicy": 'expected forward_policy to be one of ["ACCEPT" "DROP"], got REJECT'},
        ),
        (
            "cluster options",
            {"logRatelimit": {"rate": "fast"}},
            {"logRatelimit.rate": "invalid value for rate (Must be a valid rate expression, e.g. '1/second')"},
        ),
    ],
)
def test_failures(engine: Any, lab: Any, kind: str, inputs: dict[str, Any], reasons: dict[str, str]) -> None:
    told = [f"{reason}. Examine values at 'it.{place}'." for place, reason in reasons.items()]
    assert engine.check(kind, inputs)[1] == sorted(told)
    assert lab.calls() == []


def test_a_text_in_place_of_a_number_ends_the_check(engine: Any) -> None:
    with pytest.raises(Exception, match=r'vm_id: strconv\.ParseInt: parsing "x": invalid syntax'):
        engine.check("rules", {"rules": [], "nodeName": "pve", "vmId": "x"})


@pytest.mark.parametrize(
    ("kind", "given", "taken"),
    [
        ("rules", {"rules": [RULE | {"dport": 443, "comment": True}]}, {"dport": "443", "comment": "true"}),
        ("rules", {"rules": [RULE | {"enabled": "false"}]}, {"enabled": False}),
        ("rules", {"rules": RULE}, RULE),
        ("rules", {"nodeName": "pve", "vmId": "111"}, {"vmId": 111}),
        ("cluster options", {"logRatelimit": {"burst": 1.5}}, {"burst": 1}),
        ("dns", {"nodeName": "pve", "domain": "x", "servers": "1.1.1.1"}, {"servers": ["1.1.1.1"]}),
    ],
)
def test_values_of_another_type_are_taken(engine: Any, kind: str, given: dict[str, Any], taken: dict[str, Any]) -> None:
    checked, failures = engine.check(kind, given)
    inner = (checked.get("rules") or [{}])[0] | (checked.get("logRatelimit") or {}) | checked
    assert failures == []
    assert {name: inner[name] for name in taken} == taken


def test_a_rule_without_action_passes_the_check(engine: Any) -> None:
    assert engine.check("rules", {"rules": [{"type": "in"}]})[1] == []


def test_values_that_are_not_known_yet_pass(engine: Any) -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    inputs = {"nodeName": unknown, "vmId": unknown, "rules": [RULE | {"action": unknown}, unknown]}
    assert engine.check("rules", inputs)[1] == []


@pytest.mark.parametrize(
    ("kind", "inputs", "defaults"),
    [
        ("dns", {"nodeName": "pve", "domain": "x"}, {"servers": []}),
        (
            "cluster options",
            {"enabled": True},
            {
                "forwardPolicy": "ACCEPT",
                "inputPolicy": "DROP",
                "logRatelimit": {"burst": 5, "enabled": True, "rate": "1/second"},
                "outputPolicy": "ACCEPT",
            },
        ),
        ("rules", {"nodeName": "pve"}, {"rules": []}),
        (
            "options",
            {"nodeName": "pve", "vmId": 111},
            {
                "inputPolicy": "DROP",
                "logLevelIn": "nolog",
                "logLevelOut": "nolog",
                "macfilter": True,
                "outputPolicy": "ACCEPT",
                "radv": True,
            },
        ),
    ],
)
def test_defaults(engine: Any, kind: str, inputs: dict[str, Any], defaults: dict[str, Any]) -> None:
    """A default that is off or empty does not show; it is written all the same."""
    checked, _ = engine.check(kind, inputs)
    assert checked == inputs | defaults | {"__defaults": sorted(defaults)}


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
            {"rules[0].comment": "UPDATE", "rules[2]": "ADD"},
        ),
        ("rules", {"rules": [RULE]}, {"rules": []}, {"rules": "DELETE"}),
        ("rules", {"rules": []}, {"rules": [RULE]}, {"rules": "ADD"}),
        ("rules", {"rules": []}, {"nodeName": "pve", "vmId": 111}, {"nodeName": "ADD", "vmId": "ADD"}),
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
    structs = {"olds": created.wire, "news": checked, "old_inputs": created.inputs}
    answer = engine.call("Diff", "DiffRequest", structs, ignoreChanges=["dhcp"], **engine._names("options"))
    assert list(answer.detailedDiff) == []


@pytest.mark.usefixtures("stand_in")
def test_unknown_types_and_functions_are_named(engine: Any) -> None:
    with pytest.raises(Exception, match="does not have the resource type proxmoxve:index/vmLegacy:VmLegacy"):
        engine.check("proxmoxve:index/vmLegacy:VmLegacy", {})
    with pytest.raises(Exception, match="does not have the function proxmoxve:index/getNodesLegacy:getNodesLegacy"):
        engine.look_up("getNodesLegacy")
