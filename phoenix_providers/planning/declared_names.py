"""Aliases, IP sets and security groups as the site file declares them, in the form in which Proxmox keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.firewall import FirewallRule, SecurityGroup
from phoenix_providers.models.firewall_names import Alias, IpSet, IpSetMember, NameKind
from phoenix_providers.models.location import Location
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.firewall_rules import RuleRefusedError, canonical_rule, check_group_name
from phoenix_providers.planning.name_content import named, plain_address, plain_network
from phoenix_providers.planning.proxmox_words import rule_words

_NAME = re.compile(r"[a-z][a-z0-9_-]+", re.IGNORECASE)
_LONGEST = 64
_REFERENCE = re.compile(r"(dc/)?[a-z][a-z0-9_-]+", re.IGNORECASE)
_EVERYTHING = re.compile(r"/0$")

Place = Callable[..., Location]


def declared_names(configuration: Configuration, findings: Findings) -> tuple[FirewallName, ...]:
    """Return them in the order in which they may use each other: aliases, sets, groups."""
    firewall = configuration.site.firewall

    def place(*path: str | int) -> Location:
        return configuration.locate("site", "firewall", *path)

    return (
        *_readable("alias", "aliases", firewall.aliases, _alias, place, findings),
        *_readable("ip-set", "ip_sets", firewall.ip_sets, _ip_set, place, findings),
        *_readable("security-group", "security_groups", firewall.security_groups, _group, place, findings),
    )


def _readable(
    kind: NameKind,
    key: str,
    declared: Mapping[str, Any],
    read: Callable[[Any, Place, Findings], FirewallName | None],
    place: Place,
    findings: Findings,
) -> Iterator[FirewallName]:
    seen: set[str] = set()
    for name, content in declared.items():

        def below(*path: str | int, name: str = name) -> Location:
            return place(key, name, *path)

        if reason := _name_problem(kind, name):
            findings.error(f"Proxmox takes no such name in `{key}`", below(), seen=name, expected=reason)
            continue
        if name.lower() in seen:
            findings.error(
                f"two entries of `{key}` are one for Proxmox, which knows no case here",
                below(),
                seen=name,
                expected="names that differ in more than case",
            )
            continue
        seen.add(name.lower())
        found = read(content, below, findings)
        if found is not None:
            yield named(kind, name, found.comment, found.entries)


def _name_problem(kind: NameKind, name: str) -> str:
    """Say what is wrong with a name; empty when all is well."""
    if kind == "security-group":
        try:
            check_group_name(name)
        except RuleRefusedError as error:
            return error.expected
        return ""
    if len(name) <= _LONGEST and _NAME.fullmatch(name):
        return ""
    return f"a letter, then letters, digits, - or _; at most {_LONGEST} characters"


def _alias(alias: Alias, place: Place, findings: Findings) -> FirewallName | None:
    try:
        cidr = plain_address(alias.cidr)
    except ValueError:
        findings.error(
            "an alias stands for one address or network",
            place("cidr"),
            seen=alias.cidr,
            expected="10.0.0.5 or 10.0.0.0/24",
        )
        return None
    return FirewallName("alias", "", alias.comment or "", ({"cidr": cidr},))


def _ip_set(declared: IpSet, place: Place, findings: Findings) -> FirewallName:
    members: dict[str, dict[str, Any]] = {}
    for index, member in enumerate(declared.members):
        where = place("members", index)
        if problem := _member_problem(member):
            findings.error("Proxmox would refuse this entry of an IP set", where, seen=member.cidr, expected=problem)
            continue
        cidr = plain_network(member.cidr)
        if cidr in members:
            findings.error("an IP set has this entry twice", where, seen=member.cidr, expected="each entry once")
            continue
        members[cidr] = {"cidr": cidr, "nomatch": member.nomatch, "comment": member.comment}
    return FirewallName("ip-set", "", declared.comment or "", tuple(members.values()))


def _member_problem(member: IpSetMember) -> str:
    """Say what Proxmox takes; empty when it takes this."""
    try:
        address = plain_address(member.cidr)
    except ValueError:
        if _REFERENCE.fullmatch(member.cidr.strip()) and len(member.cidr.strip()) <= _LONGEST:
            return ""
        return "an address, a network, or an alias of the datacenter (sets hold no ranges and no other sets)"
    return "0.0.0.0/1 and 128.0.0.0/1 (the prefix 0 is not allowed)" if _EVERYTHING.search(address) else ""


def _group(declared: SecurityGroup, place: Place, findings: Findings) -> FirewallName:
    rules: dict[FirewallRule, None] = {}
    for index, rule in enumerate(declared.rules):
        try:
            rules[_rule_of_group(rule)] = None
        except RuleRefusedError as error:
            findings.error(
                f"Proxmox would refuse this firewall rule: {error}",
                place("rules", index),
                seen=error.seen,
                expected=error.expected,
            )
    return FirewallName("security-group", "", declared.comment or "", tuple(rule_words(rule) for rule in rules))


def _rule_of_group(rule: FirewallRule) -> FirewallRule:
    if rule.type == "group":
        raise RuleRefusedError("a group cannot bring in another", f"action: {rule.action}", "the rules themselves")
    if rule.iface:
        raise RuleRefusedError(
            "rules of a group name no interface", f"iface: {rule.iface}", "iface at the rule that brings the group in"
        )
    return canonical_rule(rule)
