"""What is declared, in the words of the Proxmox plugin."""

from __future__ import annotations

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.proxmox.rule_fields import API_SWITCH, RULE_FIELDS, SWITCH

# A group has no fields of its own for these in the plugin; its name stands elsewhere.
_OF_RULES = ("type", "action")
_GROUP = "security_group"


def plugin_rule(rule: FirewallRule) -> Properties:
    """Say a rule in the plugin's words, every field of it.

    After a refresh the plugin gives a field that is left out the value of the rule that stood at the same place.
    """
    said = {field.api: field.of(rule) or "" for field in RULE_FIELDS if field.plugin}
    # The plugin takes neither of them for a group; they have no value of their own that could come back.
    decides = {key: said.pop(key) for key in _OF_RULES}
    if rule.type == "group":
        return {SWITCH: rule.enabled, **said, _GROUP: decides["action"]}
    return {**decides, SWITCH: rule.enabled, **said, _GROUP: ""}


def from_plugin(rule: StoredProperties) -> RuleRecord:
    """Return a rule of the plugin's resource in Proxmox's own words; the engine may spell keys in its own way."""
    known = {field.api: rule.get(field.api) for field in RULE_FIELDS if field.plugin and rule.get(field.api)}
    if group := rule.get(_GROUP) or rule.get("securityGroup"):
        known |= {"type": "group", "action": group}
    return known | {API_SWITCH: int(bool(rule.get(SWITCH)))}
