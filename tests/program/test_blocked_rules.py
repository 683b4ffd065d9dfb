"""A blocked stack opens nothing; what is open for it stays. A first run names what it opens for stacks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FEED_RULE = {"type": "in", "action": "ACCEPT", "proto": "tcp", "port": "8000"}
MILK_RULE = {"type": "in", "action": "ACCEPT", "source": "10.7.0.12", "proto": "tcp", "port": "9000"}
GROUP = {"type": "group", "action": "dairy"}


@pytest.fixture
def barn(tmp_path: Path) -> dict[str, Any]:
    """Settings of an old installation with a stack `feed`, which is blocked, and `milk`, which is not."""
    firewall = {"enabled": True, "default_input_policy": "DROP", "security_groups": {"dairy": {"rules": [MILK_RULE]}}}
    site = {
        "domain_name": "barn.lan",
        "network": {"interfaces": {"address": "10.7.0.13/24"}, "portainer_server_ip": "10.7.0.31"},
        "shared_volumes": {"firewall": firewall},
    }
    lxcs = {"102": {"name": "traefik", "network_config": {"ip": "10.7.0.12/24"}}}
    vm = {
        "vmid": 1002,
        "name": "barn",
        "network_config": {"ip": "10.7.0.32/24"},
        "portainer_role": "agent",
        "portainer_environment_name": "barn",
        "docker_stacks": ["feed", "milk"],
    }
    write(tmp_path, "etc/phoenix_hypervisor_config.json", site)
    write(tmp_path, "etc/phoenix_lxc_configs.json", {"lxc_configs": lxcs})
    write(tmp_path, "etc/phoenix_vm_configs.json", {"vms": [vm]})
    for name, image, rules in (("feed", "${NOWHERE:?}", [FEED_RULE, GROUP]), ("milk", "i", [MILK_RULE])):
        write(tmp_path, f"stacks/{name}/phoenix.json", {"environments": {"production": {"firewall_rules": rules}}})
        (tmp_path / f"stacks/{name}/docker-compose.yml").write_text(f"services: {{s: {{image: '{image}'}}}}\n")
    return {"configDir": str(tmp_path / "etc")}


def write(folder: Path, name: str, content: object) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content))


def ports(declared: Any) -> list[str]:
    return [rule["dport"] or rule["securityGroup"] for rule in declared.inputs["rules@cluster"]["rules"]]


def recorded(*rules: dict[str, Any]) -> dict[str, Any]:
    """What the plugin keeps of rules, by the name of its resource."""
    empty = dict.fromkeys(("source", "dest", "proto", "dport", "sport", "iface", "macro", "log", "comment"), "")
    return {"rules@cluster": {"rules": [{**empty, "enabled": True, **rule} for rule in rules]}}


def test_a_blocked_stack_opens_nothing_and_others_open(
    run_program: Callable[..., Any], barn: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("pulumi.log.info", told.append)
    assert ports(run_program(barn)) == ["9000"]
    assert any("2 firewall rules of feed wait: nothing is opened for a blocked stack" in line for line in told)


def test_what_is_open_for_a_blocked_stack_stays_open(run_program: Callable[..., Any], barn: dict[str, Any]) -> None:
    first = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "8000"}
    assert ports(run_program(barn, state=recorded(first))) == ["8000", "9000"]
    assert ports(run_program(barn, state=recorded({"securityGroup": "dairy"}))) == ["dairy", "9000"]
    # Another source is another rule: it would open more than there is.
    narrower = {**first, "source": "10.7.0.9"}
    assert ports(run_program(barn, state=recorded(narrower))) == ["9000"]


def test_the_first_run_names_what_it_opens(
    run_program: Callable[..., Any], barn: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", told.append)

    def openings(state: dict[str, Any] | None = None) -> list[str]:
        told.clear()
        run_program(barn, state=state)
        return [line for line in told if line.startswith("new opening on Proxmox")]

    (line,) = openings()
    assert "stack milk: type: in, action: ACCEPT, source: 10.7.0.12, proto: tcp, port: 9000" in line
    assert "stacks/milk/phoenix.json:1" in line
    there = {"type": "in", "action": "ACCEPT", "source": "10.7.0.12", "proto": "tcp", "dport": "9000"}
    assert openings(recorded(there)) == []
    assert openings({"firewall-check": {}}) == []
