"""What the Proxmox plugin makes of Proxmox's answers, and whether it would change anything: facts about that plugin."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.planning.proxmox.rule_fields import API_SWITCH, RULE_FIELDS, SWITCH

_GROUP = "securityGroup"
# All that a rule of a group has.
_OF_GROUPS = ("comment", "iface")
_SERVERS = ("dns1", "dns2", "dns3")
_FIELDS = tuple(field.api for field in RULE_FIELDS if field.plugin)


def rules_read(rules: Sequence[StoredProperties]) -> list[Properties]:
    """Return a list of rules as the plugin reads it."""
    return [_rule_read(rule) for rule in rules]


def hosts_read(text: str) -> list[Properties]:
    """Return the entries of a hosts file as the plugin reads it.

    Lines that begin with `#` or white space count for nothing; a `#` behind that is a name like any other.
    """
    lines = (line for line in text.split("\n") if line and line[0] not in "# \t")
    entries = (line.replace("\t", " ").split(" ") for line in lines)
    return [{"address": address, "hostnames": [name for name in names if name]} for address, *names in entries]


def resolver_read(answer: StoredProperties) -> Properties:
    """Return a node's resolver as the plugin reads it."""
    servers = [str(answer[key]) for key in _SERVERS if answer.get(key) is not None]
    return {"domain": str(answer.get("search") or ""), "servers": servers}


def same_rules(had: Sequence[StoredProperties], wanted: Sequence[StoredProperties]) -> bool:
    """Whether the plugin takes two lists of rules, in its own words, for the same."""
    return [_compared(rule) for rule in had] == [_compared(rule) for rule in wanted]


def _rule_read(rule: StoredProperties) -> Properties:
    texts = {name: str(rule.get(name) or "") for name in _FIELDS}
    read: Properties = dict.fromkeys(texts, "") | {_GROUP: "", SWITCH: _is_on(rule.get(API_SWITCH))}
    if texts["type"] == "group":
        return read | {_GROUP: texts["action"]} | {name: texts[name] for name in _OF_GROUPS}
    return read | texts


def _compared(rule: StoredProperties) -> Properties:
    return {name: rule.get(name) or "" for name in (*_FIELDS, _GROUP)} | {SWITCH: bool(rule.get(SWITCH, True))}


def _is_on(value: object) -> bool:
    # A number in quotation marks is off for the plugin.
    return not isinstance(value, str) and value in (1, True)
