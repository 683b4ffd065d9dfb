"""One firewall rule in the three forms it takes: state, form to send, answer of Proxmox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.answers import as_bool, as_text
from phoenix_providers.lab.proxmoxve.errors import PluginError
from phoenix_providers.lab.proxmoxve.properties import POLICIES, Kind, Property

_SENT_IF_SET = ("iface", "log")
# In the order in which the real plugin names fields to delete.
_TEXTS = ("comment", "dport", "dest", "iface", "log", "macro", "proto", "source", "sport")
_GROUP_TEXTS = ("comment", "iface")
_IDENTITY = ("type", "action", "dest", "dport", "source", "sport", "proto", "macro", "iface")

RULE_PROPERTIES = (
    Property("action", Kind.TEXT, choices=POLICIES),
    *(Property(name, Kind.TEXT, default="") for name in _TEXTS),
    Property("enabled", Kind.SWITCH, default=True),
    Property("pos", Kind.NUMBER, computed=True),
    Property("securityGroup", Kind.TEXT, default=""),
    Property("type", Kind.TEXT, choices=("in", "out", "forward"), any_case=True),
)


def signature(rule: Mapping[str, Any]) -> str:
    """Return what makes a rule the same rule; comment, switch and log level do not."""
    if rule.get("securityGroup"):
        return ":".join(["group", rule["securityGroup"], rule.get("iface") or ""])
    return ":".join(["rule", *(rule.get(name) or "" for name in _IDENTITY)])


def form_to_create(rule: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a new rule.

    Errors:
        PluginError: it is neither a group nor a rule with action and type.
    """
    if rule.get("securityGroup"):
        return form_to_change(rule) | {"action": rule["securityGroup"], "type": "group"}
    if not rule.get("action") or not rule.get("type"):
        raise PluginError("either 'security_group' OR both 'action' and 'type' must be defined")
    return form_to_change(rule)


def form_to_change(rule: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return all fields of a rule, and the names of those that have become empty."""
    group = bool(rule.get("securityGroup"))
    names = _GROUP_TEXTS if group else _TEXTS
    form = {name: rule.get(name) or "" for name in names if rule.get(name) or name not in _SENT_IF_SET}
    form["enable"] = str(int(bool(rule.get("enabled"))))
    if not group:
        form |= {name: rule[name] for name in ("action", "type") if rule.get(name)}
    emptied = [name for name in names if before and before.get(name) and not rule.get(name)]
    return form | ({"delete": ",".join(emptied)} if emptied else {})


def rule_of(answer: Mapping[str, Any], position: int) -> dict[str, Any]:
    """Return the state of a rule from the answer for it alone, in which its position is a text.

    Errors:
        ApiError: a value has another type than the real plugin takes.
    """
    as_text(answer, "pos")
    texts = {name: as_text(answer, name) or "" for name in (*_TEXTS, "action", "type")}
    rule: dict[str, Any] = dict.fromkeys(texts, "") | {"securityGroup": "", "pos": position}
    rule["enabled"] = as_bool(answer.get("enable"))
    if texts["type"] == "group":
        rule["securityGroup"] = texts["action"]
        return rule | {name: texts[name] for name in _GROUP_TEXTS}
    return rule | texts
