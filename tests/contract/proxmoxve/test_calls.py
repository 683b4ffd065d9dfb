"""Which requests each resource type makes, and with which fields; expectations are those of the real plugin."""

from __future__ import annotations

from typing import Any

import pytest

DNS = {"nodeName": "pve", "domain": "home.lan", "servers": ["192.168.1.1", "1.1.1.1"]}
HOSTS = {
    "nodeName": "pve",
    "entry": [
        {"address": "127.0.0.1", "hostnames": ["localhost.localdomain", "localhost"]},
        {"address": "192.168.1.10", "hostnames": ["pve.home.lan", "pve"]},
    ],
}
CLUSTER = {"enabled": True}
VM = {"nodeName": "pve", "vmId": 111, "enabled": True}
CONTAINER = {"nodeName": "pve", "containerId": 201, "enabled": True}
RULE = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "443", "comment": "C", "enabled": True}
RULES = {"rules": [RULE]}

CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("dns", DNS, {"domain": "other.lan"}),
    ("hosts", HOSTS, {"entry": HOSTS["entry"][:1]}),
    ("cluster options", CLUSTER, {"inputPolicy": "ACCEPT"}),
    ("options", VM, {"dhcp": True}),
    ("options", CONTAINER, {"dhcp": True}),
    ("rules", RULES, {"rules": [RULE | {"comment": "D"}]}),
]
IDS = ["dns", "hosts", "cluster options", "VM options", "container options", "rules"]


@pytest.mark.parametrize(
    ("kind", "inputs", "calls", "forms"),
    [
        (
            "dns",
            DNS,
            ["PUT nodes/pve/dns", "GET nodes/pve/dns"],
            ["dns1=192.168.1.1&dns2=1.1.1.1&search=home.lan"],
        ),
        (
            "hosts",
            HOSTS,
            ["POST nodes/pve/hosts", "GET nodes/pve/hosts"],
            ["data=127.0.0.1+localhost.localdomain+localhost%0A192.168.1.10+pve.home.lan+pve%0A"],
        ),
        (
            "cluster options",
            CLUSTER,
            ["PUT cluster/firewall/options", "GET cluster/firewall/options"],
            [
                "ebtables=0&enable=1&log_ratelimit=enable%3D1%2Cburst%3D5%2Crate%3D1%2Fsecond"
                "&policy_forward=ACCEPT&policy_in=DROP&policy_out=ACCEPT"
            ],
        ),
        (
            "options",
            VM,
            ["PUT nodes/pve/qemu/111/firewall/options", "GET nodes/pve/qemu/111/firewall/options"],
            [
                "dhcp=0&enable=1&ipfilter=0&log_level_in=nolog&log_level_out=nolog&macfilter=1&ndp=0"
                "&policy_in=DROP&policy_out=ACCEPT&radv=1"
            ],
        ),
        (
            "rules",
            RULES,
            [
                "GET cluster/firewall/rules",
                "POST cluster/firewall/rules",
                "GET cluster/firewall/rules",
                "GET cluster/firewall/rules/0",
            ],
            [
                "action=ACCEPT&comment=C&dest=&dport=443&enable=1&macro=&proto=tcp&source=&sport=&type=in",
            ],
        ),
        (
            "rules",
            {"nodeName": "pve", "rules": [{"securityGroup": "web", "comment": "G", "iface": "vmbr0"}]},
            [
                "GET nodes/pve/firewall/rules",
                "POST nodes/pve/firewall/rules",
                "GET nodes/pve/firewall/rules",
                "GET nodes/pve/firewall/rules/0",
            ],
            ["action=web&comment=G&enable=1&iface=vmbr0&type=group"],
        ),
        (
            "rules",
            {"nodeName": "pve", "containerId": 201, "rules": []},
            ["GET nodes/pve/lxc/201/firewall/rules", "GET nodes/pve/lxc/201/firewall/rules"],
            [],
        ),
    ],
    ids=["dns", "hosts", "cluster options", "guest options", "rule", "group", "no rule"],
)
def test_create(engine: Any, lab: Any, kind: str, inputs: dict[str, Any], calls: list[str], forms: list[str]) -> None:
    engine.create(kind, inputs)
    assert lab.calls() == calls
    assert lab.forms() == forms


@pytest.mark.parametrize(("kind", "inputs", "change"), CASES, ids=IDS)
def test_a_second_run_is_empty(
    engine: Any, lab: Any, kind: str, inputs: dict[str, Any], change: dict[str, Any]
) -> None:
    del change
    created = engine.create(kind, inputs)
    lab.forget()
    assert engine.up(created, inputs).done == "same"
    assert lab.calls() == []
    assert engine.up(engine.refresh(created), inputs).done == "same"


@pytest.mark.parametrize(("kind", "inputs", "change"), CASES, ids=IDS)
def test_a_preview_asks_nothing(
    engine: Any, lab: Any, kind: str, inputs: dict[str, Any], change: dict[str, Any]
) -> None:
    created = engine.create(kind, inputs)
    lab.forget()
    assert engine.create(kind, inputs, preview=True).id == ""
    checked, _ = engine.check(kind, inputs | change, created.inputs)
    structs = {"olds": created.state, "news": checked}
    engine.call("Update", "UpdateRequest", structs, preview=True, id=created.id, **engine._names(kind))
    assert engine.diff(created, checked).diffs == sorted(change)
    assert lab.calls() == []


@pytest.mark.parametrize(
    ("case", "calls"),
    [
        (0, ["PUT nodes/pve/dns", "GET nodes/pve/dns"]),
        (1, ["POST nodes/pve/hosts", "GET nodes/pve/hosts"]),
        (2, ["PUT cluster/firewall/options", "GET cluster/firewall/options"]),
        (3, ["PUT nodes/pve/qemu/111/firewall/options", *["GET nodes/pve/qemu/111/firewall/options"] * 2]),
        (4, ["PUT nodes/pve/lxc/201/firewall/options", *["GET nodes/pve/lxc/201/firewall/options"] * 2]),
        (
            5,
            [
                "GET cluster/firewall/rules",
                "GET cluster/firewall/rules/0",
                "PUT cluster/firewall/rules/0",
                "GET cluster/firewall/rules",
                "GET cluster/firewall/rules",
                "GET cluster/firewall/rules/0",
            ],
        ),
    ],
    ids=IDS,
)
def test_update_in_place(engine: Any, lab: Any, case: int, calls: list[str]) -> None:
    kind, inputs, change = CASES[case]
    created = engine.create(kind, inputs)
    lab.forget()
    updated = engine.up(created, inputs | change)
    assert (updated.done, updated.id, lab.calls()) == ("updated", created.id, calls)
    assert engine.up(engine.refresh(updated), inputs | change).done == "same"


@pytest.mark.parametrize(
    ("case", "calls"),
    [
        (0, ["GET nodes/pve/dns"]),
        (1, ["GET nodes/pve/hosts"]),
        (2, ["GET cluster/firewall/options"]),
        (3, ["GET nodes/pve/qemu/111/firewall/options"]),
        (4, ["GET nodes/pve/lxc/201/firewall/options"]),
        (5, ["GET cluster/firewall/rules", "GET cluster/firewall/rules/0"]),
    ],
    ids=IDS,
)
def test_refresh(engine: Any, lab: Any, case: int, calls: list[str]) -> None:
    kind, inputs, _ = CASES[case]
    created = engine.create(kind, inputs)
    lab.forget()
    refreshed = engine.refresh(created)
    assert lab.calls() == calls
    assert (refreshed.id, refreshed.state) == (created.id, created.state)


@pytest.mark.parametrize("case", range(5), ids=IDS[:5])
def test_delete_sends_nothing(engine: Any, lab: Any, case: int) -> None:
    kind, inputs, _ = CASES[case]
    created = engine.create(kind, inputs)
    before = engine.refresh(created).state
    lab.forget()
    engine.delete(created)
    assert lab.calls() == []
    assert engine.refresh(created).state == before


@pytest.mark.parametrize(
    ("kind", "inputs", "identifier"),
    [
        ("dns", DNS, "pve_dns"),
        ("hosts", HOSTS, "pve_hosts"),
        ("cluster options", CLUSTER, "cluster-firewall"),
    ],
)
def test_ids(engine: Any, kind: str, inputs: dict[str, Any], identifier: str) -> None:
    assert engine.create(kind, inputs).id == identifier


def test_ids_of_rules_and_options_are_hashes_of_their_place(engine: Any) -> None:
    vm, container = engine.create("options", VM), engine.create("options", CONTAINER)
    rules = [engine.create("rules", {"rules": []} | place) for place in ({}, {"nodeName": "pve", "vmId": 111})]
    assert len({vm.id, container.id, *(one.id for one in rules)}) == 4
    assert all(one.id.startswith("options-") for one in (vm, container))
    assert all(one.id.startswith("rule-") for one in rules)
    assert engine.create("options", VM).id == vm.id


def test_outputs_are_what_was_read_back(engine: Any, lab: Any) -> None:
    state = engine.create("hosts", HOSTS).state
    assert state["addresses"] == ["127.0.0.1", "192.168.1.10"]
    assert state["hostnames"] == [["localhost.localdomain", "localhost"], ["pve.home.lan", "pve"]]
    assert state["entries"] == state["entry"] == HOSTS["entry"]
    assert len(state["digest"]) == 40
    rule = engine.create("rules", RULES).state["rules"][0]
    empty = dict.fromkeys(("dest", "iface", "log", "macro", "securityGroup", "source", "sport"), "")
    assert rule == RULE | empty | {"pos": 0}
    assert engine.create("options", VM).state["radv"] is True
    del lab


def test_a_shorter_list_of_servers_drops_the_others(engine: Any, lab: Any) -> None:
    created = engine.create("dns", DNS)
    lab.forget()
    without = {name: value for name, value in DNS.items() if name != "servers"}
    updated = engine.up(created, without)
    assert updated.done == "updated"
    assert lab.forms() == ["search=home.lan"]
    assert lab.files.servers == []


def test_the_hosts_file_is_read_like_the_real_plugin_reads_it(engine: Any, lab: Any) -> None:
    lab.files.hosts = "# no\n127.0.0.1\tlocalhost  local\n 10.0.0.1 indented\n\n10.0.0.2 a # note\n"
    assert engine.take_over("hosts", "pve").state["entry"] == [
        {"address": "127.0.0.1", "hostnames": ["localhost", "local"]},
        {"address": "10.0.0.2", "hostnames": ["a", "#", "note"]},
    ]


def test_a_write_does_not_look_for_changes_of_others(engine: Any, lab: Any) -> None:
    created = engine.create("hosts", HOSTS)
    lab.files.hosts = "10.9.9.9 somebody.else\n"
    assert engine.up(created, HOSTS).done == "same"
    assert engine.up(created, HOSTS | {"entry": HOSTS["entry"][:1]}).done == "updated"
    assert "somebody" not in lab.files.hosts


@pytest.mark.parametrize(
    ("function", "arguments", "call", "expected"),
    [
        ("getVersion", {}, "GET version", {"id": "version", "version": "9.0.10", "release": "9.0"}),
        ("getDnsLegacy", {"nodeName": "pve"}, "GET nodes/pve/dns", {"domain": "lab.test", "servers": ["127.0.0.1"]}),
        ("getHostsLegacy", {"nodeName": "pve"}, "GET nodes/pve/hosts", {"id": "pve_hosts", "nodeName": "pve"}),
    ],
)
def test_functions(
    engine: Any, lab: Any, function: str, arguments: dict[str, str], call: str, expected: dict[str, Any]
) -> None:
    found = engine.look_up(function, **arguments)
    assert {name: found[name] for name in expected} == expected
    assert lab.calls() == [call]
