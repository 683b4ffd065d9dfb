"""Firewalls of Proxmox as the files of a new site say them; what is off, or cannot be said, is left alone."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_providers.models.file_content import NewContent
from phoenix_providers.models.proxmox_records import OptionsRecord, RuleRecord
from phoenix_providers.models.running_site import RunningGuest, RunningProxmox
from phoenix_providers.planning.discovery.not_carried import NotCarried
from phoenix_providers.planning.firewall.adoption import as_declared, in_our_words
from phoenix_providers.planning.proxmox.api_words import rule_text
from phoenix_providers.planning.proxmox.firewall_options import as_said, chosen, file_words, option_text
from phoenix_providers.planning.proxmox_scope import ProxmoxScope


def guest_firewall(guest: RunningGuest, left: list[NotCarried]) -> NewContent:
    """Return a guest's firewall; nothing where it is switched off, so that nothing of it is ever written."""
    scope = ProxmoxScope(guest.kind, guest.node, guest.number)
    if option_text(guest.options.get("enable")) in ("", "0"):
        if guest.rules:
            left.append(
                NotCarried(
                    f"firewall of {guest.name} ({len(guest.rules)} rules)",
                    "it is switched off there, so its rules do not count",
                    "switch it on in its file, with the rules that shall count, when you want it",
                )
            )
        return {}
    if _unsaid(guest.rules, f"firewall of {guest.name}", left):
        return {}
    said = _options(scope, guest.options)
    rules = [as_declared(rule) for rule in guest.rules]
    return {"enabled": True, **said, **({"rules": rules} if rules else {})}


def datacenter_firewall(proxmox: RunningProxmox, left: list[NotCarried]) -> NewContent:
    """Return the datacenter's options and rules."""
    if proxmox.names:
        left.append(
            NotCarried(
                f"aliases, sets and groups of the firewall ({', '.join(proxmox.names)})",
                "they stay on Proxmox as they are; rules that name them work",
                "declare them under firewall.aliases, ip_sets and security_groups when you want them kept",
            )
        )
    said = _options(ProxmoxScope("cluster"), proxmox.options)
    if option_text(proxmox.options.get("enable")) not in ("", "0"):
        said = {"enabled": True, **said}
    _unsaid(proxmox.rules, "the datacenter's firewall", left)
    rules = [as_declared(rule) for rule in proxmox.rules if in_our_words(rule) is not None]
    return {**said, **({"global_firewall_rules": rules} if rules else {})}


def _options(scope: ProxmoxScope, live: OptionsRecord) -> NewContent:
    words = file_words(scope)
    now = {key: chosen(scope, key, live) for key in words if key != "enable"}
    return {words[key]: as_said(key, value) for key, value in now.items() if value}


def _unsaid(rules: Iterable[RuleRecord], what: str, left: list[NotCarried]) -> bool:
    unsaid = [rule_text(rule) for rule in rules if in_our_words(rule) is None]
    if unsaid:
        left.append(
            NotCarried(
                what,
                f"the files have no words for {'; '.join(unsaid)}",
                "replace such rules on Proxmox, then discover again; or leave this firewall out of the files",
            )
        )
    return bool(unsaid)
