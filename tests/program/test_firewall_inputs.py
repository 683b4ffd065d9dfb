"""What the Proxmox plugin is told: everything, since it fills in what is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from phoenix_providers.lab.proxmoxve.rule import RULE_PROPERTIES

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


def test_every_switch_of_the_datacenter_is_said(run_program: Callable[..., Any]) -> None:
    (options,) = of_type(run_program(), ":FirewallLegacy").values()
    assert options["ebtables"] is True
    assert options["logRatelimit"] == {"enabled": True, "burst": 5, "rate": "1/second"}
    assert {"enabled", "inputPolicy", "outputPolicy", "forwardPolicy"} <= options.keys()


def test_every_guest_says_switch_policies_and_what_keeps_its_addresses(run_program: Callable[..., Any]) -> None:
    guests = of_type(run_program(), ":OptionsLegacy")
    assert guests
    for options in guests.values():
        assert {"enabled", "inputPolicy", "outputPolicy"} <= options.keys()
        # As Proxmox itself has it; the plugin would send the opposite.
        assert (options["ndp"], options["radv"], options["dhcp"]) == (True, False, False)


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
