"""What taking a place on Proxmox over means: what is imported, and whose the things are that are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.hosts_file import foreign_entries, read_hosts
from phoenix_providers.planning.proxmox_scope import Import, ProxmoxScope
from phoenix_providers.planning.proxmox_words import GUEST_POLICIES, rule_identity
from phoenix_providers.planning.site_plan import HostsEntry
from phoenix_providers.planning.take_over import FoundOnProxmox, policy_now

# What a rule of the site files cannot say.
_UNKNOWN_TO_FILES = ("icmp-type",)
_TYPES = ("in", "out", "forward", "group")


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
        policies: A guest's policies that stay if its file names them, in the file's words.
    """

    scope: ProxmoxScope
    imports: tuple[Import, ...]
    entries: tuple[HostsEntry, ...] = ()
    rules: tuple[Mapping[str, Any], ...] = ()
    inexpressible: tuple[Mapping[str, Any], ...] = ()
    unreadable: tuple[HostsEntry, ...] = ()
    hosts: str = ""
    policies: Mapping[str, str] = field(default_factory=dict)


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
    policies = _policies(found, wanted) if f"firewall@{scope.suffix}" in names else {}
    return Adoption(scope, imports, rules=sayable, inexpressible=inexpressible, policies=policies)


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


def _policies(found: FoundOnProxmox, wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return the policies that the guest's file leaves open, where they would become others."""
    now = {field: (key, policy_now(key, found.options)) for key, field in GUEST_POLICIES.items()}
    open_fields = wanted.get("left_open") or ()
    return {
        field: policy
        for field, (key, policy) in now.items()
        if field in open_fields and policy and policy != wanted["options"][key]
    }


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
    # A rule with another spelling of a group's name brings in nothing; in the files it would.
    if rule["type"] == "group" and rule["action"] != str(rule["action"]).lower():
        return False
    return set(as_declared(rule)) <= FirewallRule.model_fields.keys()
