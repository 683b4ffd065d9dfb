"""In a firewall every key counts: what is not understood would make a rule wider."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.models.base import FileModel
from phoenix_providers.models.firewall import FirewallRule, GuestFirewall, SiteFirewall
from phoenix_providers.models.near_miss import near_misses

_ADVICE = [
    (FirewallRule, "ports", "port"),
    (FirewallRule, "sports", "sport"),
    (FirewallRule, "src", "source"),
    (FirewallRule, "Source", "source"),
    (FirewallRule, "sources", "source"),
    (FirewallRule, "dst", "dest"),
    (FirewallRule, "destination", "dest"),
    (FirewallRule, "source_port", "sport"),
    (FirewallRule, "src-port", "sport"),
    (FirewallRule, "destination_port", "port"),
    (FirewallRule, "protocol", "proto"),
    (FirewallRule, "interface", "iface"),
    (FirewallRule, "direction", "type"),
    (FirewallRule, "policy", "action"),
    (FirewallRule, "target", "action"),
    (FirewallRule, "disabled", "enabled: false"),
    (FirewallRule, "wibble", ""),
    (GuestFirewall, "policy_in", "input_policy"),
    (GuestFirewall, "default_input_policy", "input_policy"),
    (GuestFirewall, "rule", "rules"),
    (GuestFirewall, "firewall_rules", "rules"),
    (GuestFirewall, "log_level_in", "input_log_level"),
    (GuestFirewall, "log_level_out", "output_log_level"),
    (GuestFirewall, "ip_filter", "ipfilter"),
    (GuestFirewall, "enable", "enabled"),
    (SiteFirewall, "policy_forward", "default_forward_policy"),
    (SiteFirewall, "log_rate_limit", "log_ratelimit"),
    (SiteFirewall, "dhcp", ""),
    (SiteFirewall, "input_policy", "default_input_policy"),
    (SiteFirewall, "policy_out", "default_output_policy"),
    (SiteFirewall, "rules", "global_firewall_rules"),
]


@pytest.mark.parametrize("tolerant", [False, True], ids=["new spelling", "existing files"])
@pytest.mark.parametrize(("model", "key", "meant"), _ADVICE)
def test_an_unknown_key_is_told_with_what_it_means(
    model: type[FileModel], key: str, meant: str, tolerant: bool
) -> None:
    found = [(slip.key, slip.meant) for slip in near_misses(model, {key: "x"}, tolerant=tolerant)]
    assert found == [(key, meant)]


@pytest.mark.parametrize("tolerant", [False, True])
def test_it_is_told_also_where_the_meant_key_is_there(tolerant: bool) -> None:
    rule = {"port": "22", "ports": "23"}
    assert [slip.key for slip in near_misses(FirewallRule, rule, tolerant=tolerant)] == ["ports"]


@pytest.mark.parametrize(
    "data",
    [
        {"dport": "22"},
        {"port": "22"},
        {"sport": "1024:65535"},
        {"enable": True},
        {"pos": 3, "digest": "0a1b", "ipversion": 4},
        {"_why": "x", "$note": "x", "x-note": "x", "//": "x"},
    ],
)
def test_what_is_known_and_what_is_a_comment_is_no_fault(data: dict[str, Any]) -> None:
    assert not list(near_misses(FirewallRule, data))
