"""Imports: what an id names, what becomes of it, and what the next run does."""

from __future__ import annotations

from typing import Any

import pytest

FOREIGN = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "5900", "comment": "foreign", "enable": 0}
RULE = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enabled": True}
VM, CONTAINER = {"nodeName": "pve", "vmId": 111}, {"nodeName": "pve", "containerId": 201}
NO_RULE: dict[str, Any] = {"rules": []}
# What has a default and is not set on Proxmox is nothing, not the default.
UNSET = dict.fromkeys(
    (
        "dhcp",
        "enabled",
        "inputPolicy",
        "logLevelIn",
        "logLevelOut",
        "macfilter",
        "ndp",
        "outputPolicy",
        "radv",
    )
)
UNSET_IN_CLUSTER = dict.fromkeys(("forwardPolicy", "inputPolicy", "logRatelimit", "outputPolicy"))


@pytest.mark.parametrize(
    ("kind", "import_id", "inputs", "call"),
    [
        ("dns", "pve", {"nodeName": "pve", "domain": "lab.test", "servers": ["127.0.0.1"]}, "nodes/pve/dns"),
        ("rules", "cluster", NO_RULE, "cluster/firewall/rules"),
        ("rules", "node/pve", {"nodeName": "pve"} | NO_RULE, "nodes/pve/firewall/rules"),
        ("rules", "vm/pve/111", VM | NO_RULE, "nodes/pve/qemu/111/firewall/rules"),
        ("rules", "container/pve/201", CONTAINER | NO_RULE, "nodes/pve/lxc/201/firewall/rules"),
        ("options", "vm/pve/111", VM | UNSET, "nodes/pve/qemu/111/firewall/options"),
        ("options", "container/pve/201", CONTAINER | UNSET, "nodes/pve/lxc/201/firewall/options"),
        ("cluster options", "cluster-firewall", UNSET_IN_CLUSTER, "cluster/firewall/options"),
    ],
)
def test_what_an_id_names(engine: Any, lab: Any, kind: str, import_id: str, inputs: dict[str, Any], call: str) -> None:
    taken = engine.take_over(kind, import_id)
    assert lab.calls() == [f"GET {call}"]
    assert taken.inputs == inputs | {"__defaults": []}
    # The same object has the same id, however it came into the state; see the next test for the exception.
    if kind != "cluster options":
        assert taken.id == engine.create(kind, inputs).id


def test_the_id_of_the_cluster_options_is_the_one_given(engine: Any) -> None:
    assert engine.take_over("cluster options", "any").id == "any"
    assert engine.create("cluster options", {}).id == "cluster-firewall"


def test_a_hosts_file_is_taken_over_as_it_is(engine: Any, site: Any) -> None:
    taken = engine.take_over("hosts", "pve")
    assert taken.id == "pve_hosts"
    assert taken.inputs["entry"][:2] == [
        {"address": "127.0.0.1", "hostnames": ["localhost.localdomain", "localhost"], "__defaults": []},
        {"address": site.node_address, "hostnames": ["pve.lab.test", "pve"], "__defaults": []},
    ]
    same = {"nodeName": "pve", "entry": taken.state["entry"]}
    assert engine.up(taken, same).done == "same"


@pytest.mark.parametrize("there", [[], [FOREIGN], [FOREIGN, FOREIGN | {"dport": "22", "comment": "ssh", "enable": 1}]])
def test_the_next_run_brings_taken_over_rules_to_what_is_wanted(
    engine: Any, lab: Any, there: list[dict[str, Any]]
) -> None:
    lab.set_rules(there)
    taken = engine.take_over("rules", "cluster")
    assert [one["pos"] for one in taken.state["rules"]] == list(range(len(there)))
    assert lab.rules() == there
    wanted = {"rules": [RULE, RULE | {"dport": "8006"}]}
    updated = engine.up(taken, wanted)
    assert [one["dport"] for one in lab.rules()] == ["22", "8006"]
    lab.forget()
    assert engine.up(updated, wanted).done == "same"
    assert lab.calls() == []


def test_rules_that_match_are_adopted_without_a_write(engine: Any, lab: Any) -> None:
    lab.set_rules([FOREIGN | {"dport": "22", "comment": "ssh", "enable": 1}])
    taken = engine.take_over("rules", "cluster")
    lab.forget()
    assert engine.up(taken, {"rules": [RULE | {"comment": "ssh"}]}).done == "same"
    assert lab.calls() == []


def test_empty_options_are_written_in_full_by_the_next_run(engine: Any, lab: Any) -> None:
    taken = engine.take_over("options", "vm/pve/111")
    assert taken.state == {"nodeName": "pve", "vmId": 111}
    updated = engine.up(taken, {"nodeName": "pve", "vmId": 111})
    assert updated.done == "updated"
    assert len(lab.options("vm", 111)) == 10


@pytest.mark.parametrize(
    ("kind", "import_id"),
    [
        ("rules", "pve"),
        ("rules", "node/"),
        ("rules", "vm/pve"),
        ("rules", "vm/pve/abc"),
        ("options", "cluster"),
        ("options", "container//201"),
        ("cluster options", ""),
    ],
)
def test_other_ids_name_nothing(engine: Any, lab: Any, kind: str, import_id: str) -> None:
    """The answer is that of an object that is not there, not a refusal."""
    taken = engine.take_over(kind, import_id)
    assert (taken.id, taken.inputs, taken.wire) == ("", {}, {})
    assert lab.calls() == []


def test_an_unknown_node_is_an_error(engine: Any) -> None:
    with pytest.raises(Exception, match="received an HTTP 500 response - Reason: hostname lookup 'other' failed"):
        engine.take_over("dns", "other")
