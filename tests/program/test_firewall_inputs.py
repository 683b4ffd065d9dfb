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
