"""What taking a place on Proxmox over means: what is imported, and whose the things are that are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.firewall_options import as_said, chosen, file_words, lost_options
from phoenix_providers.planning.hosts_file import foreign_entries, read_hosts
from phoenix_providers.planning.proxmox_scope import Import, ProxmoxScope
from phoenix_providers.planning.proxmox_words import rule_identity
from phoenix_providers.planning.site_plan import HostsEntry
from phoenix_providers.planning.take_over import FoundOnProxmox

# What a rule of the site files cannot say.
_UNKNOWN_TO_FILES = ("icmp-type",)
_TYPES = ("in", "out", "forward")


@dataclass(frozen=True)
class Adoption:
    """One place that is taken over.

    Attributes:
        imports: Resources that come into the state as Proxmox has them now.
        entries: Foreign entries of the hosts file, which stay if the site file names them.
        rules: Foreign rules, in Proxmox's words, which stay if the files name them.
        inexpressible: Foreign rules that the files cannot say.
        unreadable: Foreign lines of the hosts file without an IP address, such as 10.0.0.05: they name nothing.
        hosts: The hosts file as it is, with its comments; empty for other places.
        options: Options of the firewall that stay if the files name them, in the files' words.
        changes: By the files' word, options that become something else unless the files name what they are.
    """

    scope: ProxmoxScope
    imports: tuple[Import, ...]
    entries: tuple[HostsEntry, ...] = ()
    rules: tuple[Mapping[str, Any], ...] = ()
    inexpressible: tuple[Mapping[str, Any], ...] = ()
    unreadable: tuple[HostsEntry, ...] = ()
    hosts: str = ""
    options: Mapping[str, str | bool] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)


def adoption(
    scope: ProxmoxScope, missing: Collection[str], found: FoundOnProxmox, wanted: Mapping[str, Any]
) -> Adoption:
    """Tell what taking over means; `missing` are the place's resources that are not in the state."""
    imports = tuple(one for one in scope.imports if one.name in missing)
    names = {one.name for one in imports}
    if scope.kind == "node":
        if f"hosts@{scope.suffix}" not in names:
            return Adoption(scope, imports)
        kept = {(address, name) for address, *others in wanted["hosts"] for name in others}
        entries = foreign_entries(read_hosts(found.hosts), scope.node, str(wanted["domain"]))
        foreign_lines = _not_kept(entries, kept)
        readable = tuple(entry for entry in foreign_lines if is_address(entry.address))
        unreadable = tuple(entry for entry in foreign_lines if entry not in readable)
        return Adoption(scope, imports, entries=readable, unreadable=unreadable, hosts=found.hosts)
    foreign = _foreign_rules(found.rules, wanted["rules"]) if f"rules@{scope.suffix}" in names else ()
    sayable = tuple(rule for rule in foreign if _is_sayable(rule))
    inexpressible = tuple(rule for rule in foreign if rule not in sayable)
    if f"firewall@{scope.suffix}" not in missing:
        return Adoption(scope, imports, rules=sayable, inexpressible=inexpressible)
    options = _unsaid_options(scope, found.options, wanted)
    lost = lost_options(scope, found.options, wanted["options"])
    changes = {file_words(scope)[key]: f"{now} becomes {then}" for key, now, then in lost}
    return Adoption(scope, imports, rules=sayable, inexpressible=inexpressible, options=options, changes=changes)


def as_declared(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule of Proxmox as the site files say it."""
    words = {"dport": "port"}
    keys = ("type", "action", "source", "dest", "proto", "dport", "sport", "iface", "macro", "log", "comment")
    said = {words.get(key, key): rule[key] for key in keys if rule.get(key)}
    if "comment" in said:
        said["comment"] = str(said["comment"]).strip()
    if not int(rule.get("enable") or 0):
        said["enabled"] = False
    return said


def _unsaid_options(scope: ProxmoxScope, live: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, str | bool]:
    """Return what somebody has chosen and no file says, but for what a first write would set just so."""
    wished, left_open, words = wanted["options"], wanted.get("left_open") or (), file_words(scope)
    unsaid = [key for key in words if key not in wished or key in left_open]
    now = {key: chosen(scope, key, live) for key in unsaid}
    return {words[key]: as_said(key, value) for key, value in now.items() if value and value != wished.get(key)}


def _not_kept(entries: Sequence[HostsEntry], kept: Collection[tuple[str, str]]) -> tuple[HostsEntry, ...]:
    """Leave out what the configuration names already."""
    remaining = [
        HostsEntry(entry.address, tuple(name for name in entry.names if (entry.address, name) not in kept))
        for entry in entries
    ]
    return tuple(entry for entry in remaining if entry.names)


def _foreign_rules(
    found: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], ...]:
    declared = {rule_identity(rule) for rule in wanted}
    return tuple(rule for rule in found if rule_identity(rule) not in declared)


def _is_sayable(rule: Mapping[str, Any]) -> bool:
    if rule.get("type") not in _TYPES or any(rule.get(key) for key in _UNKNOWN_TO_FILES):
        return False
    return set(as_declared(rule)) <= FirewallRule.model_fields.keys()
