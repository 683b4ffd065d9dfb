"""A rule says the same in the files, in the plugin's words and in the API's."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.lab.proxmoxve.rule import form_to_create
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.proxmox.api_words import plain_rule, rule_identity, rule_text, rule_words
from phoenix_providers.planning.proxmox.firewall_options import GUEST_WORDS, SITE_WORDS, option_defaults
from phoenix_providers.planning.proxmox.plugin_words import from_plugin, plugin_rule
from phoenix_providers.planning.proxmox.rule_fields import RULE_FIELDS
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

# One value for each key of a rule, as files say it.
SAID: dict[str, Any] = {
    "type": "out",
    "action": "REJECT",
    "source": "10.0.0.1",
    "dest": "10.0.0.2",
    "proto": "icmp",
    "port": "22",
    "sport": "1024:65535",
    "icmp-type": "echo-request",
    "iface": "net0",
    "macro": "Ping",
    "log": "info",
    "comment": "why",
    "enabled": False,
}


def whole(**changes: Any) -> FirewallRule:
    """A rule with every field, though no real one has all."""
    fields = {key.replace("-", "_"): value for key, value in (SAID | changes).items()}
    return FirewallRule.model_construct(**fields)


def test_every_field_of_a_rule_is_declared() -> None:
    assert {field.said.replace("-", "_") for field in RULE_FIELDS} | {"enabled"} == FirewallRule.model_fields.keys()
    assert {field.said for field in RULE_FIELDS} | {"enabled"} == SAID.keys()


@pytest.mark.parametrize("field", RULE_FIELDS, ids=lambda field: field.api)
def test_a_change_of_one_field_is_the_same_change_in_both_spellings(field: Any) -> None:
    other = "in" if field.api == "type" else "DROP" if field.api == "action" else "other"
    before, after = whole(), whole(**{field.said: other})
    in_api = {key for key, value in rule_words(after).items() if rule_words(before)[key] != value}
    in_plugin = {key for key, value in plugin_rule(after).items() if plugin_rule(before)[key] != value}
    assert in_api == {field.api}
    assert in_plugin == ({field.api} if field.plugin else set())
    assert (rule_identity(rule_words(before)) != rule_identity(rule_words(after))) == field.decides
    assert f"{field.said}: " in rule_text(rule_words(after))


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(whole(icmp_type=None, enabled=True), id="every field"),
        pytest.param(whole(icmp_type=None), id="switched off"),
        pytest.param(FirewallRule(), id="nothing but defaults"),
        pytest.param(FirewallRule(type="in", action="DROP", port=22, proto="tcp", comment=""), id="an empty comment"),
        pytest.param(FirewallRule(type="group", action="web", iface="net1"), id="a group"),
    ],
)
def test_what_the_plugin_is_told_is_what_is_judged(rule: FirewallRule) -> None:
    judged = plain_rule(rule_words(rule))
    assert plain_rule(from_plugin(plugin_rule(rule))) == judged
    # What the plugin makes of it is the plugin's own business; here that of the lab's.
    told = {("securityGroup" if key == "security_group" else key): value for key, value in plugin_rule(rule).items()}
    assert plain_rule(form_to_create(told)) == judged


def test_options_that_both_levels_have_decide_alike_and_default_alike() -> None:
    site, guest = option_defaults(ProxmoxScope("cluster")), option_defaults(ProxmoxScope("vm", "pve", 1))
    assert all(site[key] == guest[key] for key in SITE_WORDS.keys() & GUEST_WORDS.keys())
