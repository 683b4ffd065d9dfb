"""What the firewall is told: every field of a rule, since the plugin fills in the others; of options what is said."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.lab.proxmoxve.rule import RULE_PROPERTIES
from phoenix_providers.resources.traefik_config import PARTS

ROOT = Path(__file__).parents[2]
OURS = "pulumi-python:dynamic/phoenix:FirewallOptions"
# All of a rule that may be said; `pos` is the plugin's own.
FIELDS = {
    *("type", "action", "enabled", "source", "dest", "proto", "dport", "sport"),
    *("iface", "macro", "log", "comment", "securityGroup"),
}


def of_type(declared: Any, ending: str) -> dict[str, Any]:
    return {name: declared.inputs[name] for name, kind in declared.types.items() if kind.endswith(ending)}


def test_every_rule_says_every_field(run_program: Callable[..., Any]) -> None:
    lists = of_type(run_program(), ":RulesLegacy")
    rules = [rule for inputs in lists.values() for rule in inputs["rules"]]
    assert len(rules) > 10
    for rule in rules:
        assert set(rule) == FIELDS
        assert isinstance(rule["enabled"], bool)
        assert all(isinstance(rule[name], str) for name in FIELDS - {"enabled"})


def test_the_plugin_knows_no_other_field_of_a_rule() -> None:
    assert {item.name for item in RULE_PROPERTIES if not item.computed} == FIELDS


def test_no_list_holds_a_rule_twice(run_program: Callable[..., Any]) -> None:
    """Proxmox cannot hold two of a kind apart, and neither can the plugin; comment and log level tell nothing apart."""
    for name, inputs in of_type(run_program(), ":RulesLegacy").items():
        told = [tuple(rule[key] for key in sorted(FIELDS - {"comment", "log", "enabled"})) for rule in inputs["rules"]]
        assert len(told) == len(set(told)), name


@pytest.fixture
def config(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path / "config"


def test_what_the_files_say_of_options_is_wished_and_nothing_else(run_program: Callable[..., Any]) -> None:
    wished = {name: inputs["options"] for name, inputs in of_type(run_program(), ":FirewallOptions").items()}
    assert wished.pop("firewall@cluster") == {"enable": "1", "policy_in": "DROP", "policy_out": "ACCEPT"}
    assert len(wished) > 5
    # Proxmox's own policy is the same for what goes out, so it is not written either.
    assert all(one == {"enable": "1", "policy_in": "DROP", "policy_out": "ACCEPT"} for one in wished.values())


def test_what_no_file_says_is_left_open(run_program: Callable[..., Any]) -> None:
    open_fields = {name: one["left_open"] for name, one in of_type(run_program(), ":FirewallOptions").items()}
    assert open_fields.pop("firewall@cluster") == []
    assert set(map(tuple, open_fields.values())) == {("policy_out",)}


def test_a_policy_whose_line_has_left_stays_what_it_was(run_program: Callable[..., Any], config: Path) -> None:
    vms = config / "vms.yaml"
    vms.write_text(vms.read_text().replace("      input_policy: DROP\n", "", 1))
    settled = {"firewall@110": {"__type": OURS, "settled": {"policy_in": "DROP", "policy_out": "ACCEPT"}}}
    (guest,) = (run_program({"configDir": str(config)}, state=state).inputs["firewall@110"] for state in [settled])
    assert (guest["options"]["policy_in"], guest["left_open"]) == ("DROP", ["policy_in", "policy_out"])
    fresh = run_program({"configDir": str(config)}).inputs["firewall@110"]
    assert fresh["options"]["policy_in"] == "ACCEPT"


def test_the_plugins_options_leave_though_the_name_stays(run_program: Callable[..., Any]) -> None:
    old = {"firewall@cluster": {"__type": "proxmoxve:cluster/firewallLegacy:FirewallLegacy", "enabled": True}}
    old |= {"rules@cluster": {}, "takeover@cluster": {}, "last-word-1": {}, "last-word-2": {}}
    program = run_program(state=old)
    assert program.inputs["verdict"]["leaving"] == ["firewall@cluster"]
    assert program.inputs["takeover@cluster"]["missing"] == []
    assert program.types["firewall@cluster"] == OURS
    ours = {**old, "firewall@cluster": {"__type": OURS, "settled": {}}}
    assert run_program(state=ours).inputs["verdict"]["leaving"] == []


def test_what_stays_closed_fails_the_run_at_its_end(run_program: Callable[..., Any]) -> None:
    declared = run_program(answers={"firewall-check": {"closed": "backend@111:8109"}})
    assert declared.inputs["verdict"]["failures"]["firewall-check"] == "backend@111:8109"
    assert "firewall-check" in declared.direct["verdict"]
    assert run_program().inputs["verdict"]["failures"]["firewall-check"] == ""
    # A run for one stack on a state from before.
    scope, old = "firewall-check verdict", {"firewall-check": {"closed": None}}
    assert run_program(scope=scope, answers=old).inputs["verdict"]["failures"]["firewall-check"] == ""


def test_both_gates_ask_for_the_same_products_and_the_first_one_about_the_firewall(
    run_program: Callable[..., Any],
) -> None:
    settings = {"traefikApiUrl": "http://127.50.0.12:8081", "traefikTarget": "ssh://root@127.50.0.12/etc/traefik"}
    declared = run_program(settings)
    gate, again = declared.inputs["readiness"], declared.inputs["readiness-again"]
    for key in ("portainer", "traefik_api", "traefik_target"):
        assert gate[key] == again[key]
    names = {one["name"] for one in gate["firewall"]["connections"]}
    assert names == {"portainer-api", "traefik-api", "traefik-target"}
    asked = declared.inputs["firewall-check"]
    assert gate["declared"]["wanted"] == asked["wanted"]
    assert names < {one["name"] for one in asked["connections"]}
    assert asked["places"]["111"].endswith("firewall.rules of apps")
    assert asked["places"]["111/0"].endswith("firewall.rules[0]")
    assert (asked["in_use"], asked["traefik_api"]) == ([], settings["traefikApiUrl"])
    assert asked["portainer"] == gate["portainer"]


def test_what_the_state_has_published_is_in_use(run_program: Callable[..., Any]) -> None:
    server = {"http": {"services": {"app": {"loadBalancer": {"servers": [{"url": "http://127.50.0.111:8109"}]}}}}}
    state = {"environment@111": {}, "traefik-stacks": {PARTS: {"app@111": server}}}
    assert run_program(state=state).inputs["firewall-check"]["in_use"] == ["agent@111", "backend@111:8109"]
