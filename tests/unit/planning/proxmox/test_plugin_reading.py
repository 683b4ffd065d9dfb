"""What the Proxmox plugin makes of Proxmox's answers: measured with the real one."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.proxmox.api_words import rule_words
from phoenix_providers.planning.proxmox.plugin_reading import hosts_read, resolver_read, rules_read, same_rules
from phoenix_providers.planning.proxmox.plugin_words import plugin_rule

RULES = (
    FirewallRule(type="in", action="ACCEPT", proto="tcp", port="22,8006", source="10.0.0.0/24", comment="SSH"),
    FirewallRule(type="out", action="DROP", dest="10.1.2.3", enabled=False, log="info"),
    FirewallRule(type="in", action="ACCEPT", macro="Ping", iface="net0", sport="53", proto="udp"),
    FirewallRule(type="group", action="web", comment="a group"),
)


def declared(rule: FirewallRule) -> dict[str, Any]:
    """Return a rule as the program declares it; the engine spells one key in its own way."""
    said = plugin_rule(rule)
    return said | {"securityGroup": said.pop("security_group")}


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rule_that_is_as_declared_is_no_change(rule: FirewallRule) -> None:
    live = {key: value for key, value in rule_words(rule).items() if value != ""}
    assert same_rules(rules_read([live]), [declared(rule)])


@pytest.mark.parametrize(
    "change",
    [{"enable": 0}, {"comment": "other"}, {"dport": "23"}, {"log": "info"}, {"action": "DROP"}, {"iface": "net1"}],
    ids=str,
)
def test_any_field_that_differs_is_a_change(change: dict[str, Any]) -> None:
    live = rule_words(RULES[0])
    assert not same_rules(rules_read([live | change]), [declared(RULES[0])])


def test_order_and_number_of_rules_count() -> None:
    live, wanted = [rule_words(rule) for rule in RULES], [declared(rule) for rule in RULES]
    assert same_rules(rules_read(live), wanted)
    assert not same_rules(rules_read(live[::-1]), wanted)
    assert not same_rules(rules_read(live[1:]), wanted)
    assert not same_rules(rules_read([*live, live[0]]), wanted)


@pytest.mark.parametrize(
    ("enable", "expected"), [(1, True), (True, True), (0, False), ("1", False), (2, False), (None, False)]
)
def test_the_switch_is_read_as_strictly_as_the_plugin_does(enable: object, expected: bool) -> None:
    assert rules_read([{"type": "in", "action": "ACCEPT", "enable": enable}])[0]["enabled"] is expected


def test_lines_of_a_hosts_file() -> None:
    text = "# a comment\n\n127.0.0.1 localhost\n 10.0.0.9 indented\n10.0.0.1\tpve.home.lan  pve # with a comment\n"
    assert hosts_read(text) == [
        {"address": "127.0.0.1", "hostnames": ["localhost"]},
        {"address": "10.0.0.1", "hostnames": ["pve.home.lan", "pve", "#", "with", "a", "comment"]},
    ]


def test_a_resolver() -> None:
    assert resolver_read({"search": "home.lan", "dns1": "10.0.0.1", "dns3": "9.9.9.9"}) == {
        "domain": "home.lan",
        "servers": ["10.0.0.1", "9.9.9.9"],
    }
    assert resolver_read({}) == {"domain": "", "servers": []}
