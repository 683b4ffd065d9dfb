"""Which files of which nodes are declared, where records go, and what is asked afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BACKEND = "backend: dnsmasq\n  target: dns.d"
NODES = "  nodes:\n    pve2: {address: 127.50.0.9/24}\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path / "config"


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    file.write_text(text)


def dnsmasq(config: Path) -> None:
    edit(config / "site.yaml", ("dns_server:\n  enabled: true", f"dns_server:\n  {BACKEND}"))


def several_nodes(config: Path) -> None:
    edit(config / "site.yaml", ("network:\n", f"network:\n{NODES}"))
    edit(config / "lxcs.yaml", ("    name: forgejo\n", "    name: forgejo\n    node: pve2\n"))


def test_by_default_the_hosts_file_of_the_node_is_ours_and_nobody_is_asked(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    assert {"hosts@pve", "resolver@pve"} <= declared.direct.keys()
    assert declared.inputs["resolver@pve"]["servers"] == ["127.50.0.10", "9.9.9.9"]
    assert not {"dnsmasq", "dns-answers"} & declared.direct.keys()


def test_without_servers_there_is_no_resolver(run_program: Callable[..., Any], config: Path) -> None:
    edit(config / "site.yaml", ("resolver:\n  servers:\n    - 127.50.0.10\n    - 9.9.9.9\n", ""))
    declared = run_program({"configDir": str(config)})
    assert "hosts@pve" in declared.direct
    assert "resolver@pve" not in declared.direct
    assert declared.inputs["restoration@pve"]["ours"] == ["hosts"]
    assert "resolver@pve" not in declared.inputs["takeover@pve"]["missing"]


def test_with_dnsmasq_the_hosts_file_is_not_ours(run_program: Callable[..., Any], config: Path) -> None:
    dnsmasq(config)
    declared = run_program({"configDir": str(config), "dnsServer": "127.0.0.1:53"})
    assert "hosts@pve" not in declared.direct
    assert declared.inputs["restoration@pve"]["ours"] == ["resolver"]
    assert "readiness-again" in declared.direct["dnsmasq"], "the firewall may have kept us from where it is delivered"
    inputs = declared.inputs["dnsmasq"]
    assert (inputs["target"], inputs["file"]) == (str(config / "dns.d"), "phoenix-records.hosts")
    assert "127.50.0.12 grafana.home.example\n" in inputs["text"]
    assert declared.inputs["readiness"]["dnsmasq_target"] == str(config / "dns.d")
    guards = {name for name in declared.direct if name.startswith("takeover@")}
    assert guards | {"firewall-check"} <= declared.comes_after("dnsmasq")
    assert "dnsmasq" in declared.comes_after("traefik-infrastructure")
    assert "dnsmasq" in declared.direct["restoration@pve"]
    assert "dnsmasq" in declared.comes_after("dns-answers")


def test_with_dnsmasq_and_no_resolver_nothing_of_the_node_is_ours(
    run_program: Callable[..., Any], config: Path
) -> None:
    dnsmasq(config)
    edit(config / "site.yaml", ("resolver:\n  servers:\n    - 127.50.0.10\n    - 9.9.9.9\n", ""))
    declared = run_program({"configDir": str(config)})
    assert not [name for name in declared.direct if name.endswith("@pve")]


def test_every_record_is_asked_behind_dns_and_firewall_and_the_verdict_judges(run_program: Callable[..., Any]) -> None:
    declared = run_program({"dnsServer": "127.0.0.1:53"})
    assert {"hosts@pve", "firewall@cluster"} <= declared.comes_after("dns-answers")
    assert "dns-answers" in declared.direct["verdict"]
    assert "dns-answers" not in declared.comes_after("traefik-stacks")
    assert declared.inputs["dns-answers"]["records"]["nas.home.example"] == "127.50.0.20"
    assert "dns-answers" in declared.inputs["verdict"]["declared"]


def test_each_node_has_its_files_and_guests_their_node(run_program: Callable[..., Any], config: Path) -> None:
    several_nodes(config)
    declared = run_program({"configDir": str(config)})
    hosts = {name: value["entry"] for name, value in declared.inputs.items() if name.startswith("hosts@")}
    assert hosts.keys() == {"hosts@pve", "hosts@pve2"}
    assert hosts["hosts@pve2"][1] == {"address": "127.50.0.9", "hostnames": ["pve2.home.example", "pve2"]}
    assert declared.inputs["hosts@pve2"]["nodeName"] == "pve2"
    assert declared.inputs["rules@104"]["nodeName"] == "pve2"
    assert [name for name in declared.direct if name.startswith("firewall@cl")] == ["firewall@cluster"]
    for place in ("pve2", "104"):
        assert declared.inputs[f"takeover@{place}"]["scope"]["node"] == "pve2"
        assert f"restoration@{place}" in declared.direct
    assert "takeover@pve2" in declared.comes_after("hosts@pve")


def test_a_guest_goes_on_with_what_the_state_has_under_its_node(run_program: Callable[..., Any], config: Path) -> None:
    scope = {"kind": "lxc", "node": "pve", "guest_id": 104.0}
    old = {"rules@pve-104": {}, "takeover@pve-104": {"scope": scope}, "restoration@pve-104": {"scope": scope}}
    several_nodes(config)
    declared = run_program({"configDir": str(config)}, state=old)
    for name in old:
        assert declared.former[name.replace("pve-", "")] == [name]
    assert declared.former["rules@111"] == []
    assert declared.inputs["takeover@104"]["missing"] == []
    assert declared.inputs["verdict"]["leaving"] == []


def test_while_a_stack_is_unknown_its_records_stay_and_are_asked(run_program: Callable[..., Any], config: Path) -> None:
    dnsmasq(config)
    shutil.rmtree(config / "stacks" / "grafana")
    settings = {"configDir": str(config), "dnsServer": "127.0.0.1:53"}
    # Somebody emptied the file meanwhile: what was written last counts.
    state = {"dnsmasq": {"text": "", "written": "# ours\n127.50.0.12 grafana.home.example\n10.0.0.1 not.ours.lan\n"}}
    declared = run_program(settings, state=state)
    assert "127.50.0.12 grafana.home.example\n" in declared.inputs["dnsmasq"]["text"]
    assert "not.ours.lan" not in declared.inputs["dnsmasq"]["text"]
    assert "grafana.home.example" in declared.inputs["dns-answers"]["records"]
    assert "grafana" not in run_program(settings, state={}).inputs["dnsmasq"]["text"]
