"""Aliases, IP sets and security groups as the site file declares them, in the form in which Proxmox keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.firewall import FirewallRule, SecurityGroup
from phoenix_providers.models.firewall_names import Alias, IpSet, IpSetMember, NameKind
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.firewall.names.content import named, plain_address, plain_network
from phoenix_providers.planning.firewall.rules.canonical_rule import (
    RuleRefusedError,
    canonical_rule,
    check_group_name,
    name_grammar,
)
from phoenix_providers.planning.firewall.rules.declared_rules import DeclaredRule, Path, copies
from phoenix_providers.planning.firewall.rules.empty_conditions import mention_empty
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox.api_words import rule_words

_NAME = re.compile(r"[a-z][a-z0-9_-]+", re.IGNORECASE)
_LONGEST = 64
_KEYS: Mapping[NameKind, str] = {"alias": "aliases", "ip-set": "ip_sets", "security-group": "security_groups"}
_REFERENCE = re.compile(r"(dc/)?[a-z][a-z0-9_-]+", re.IGNORECASE)
_EVERYTHING = re.compile(r"/0$")

Read = Callable[[Any, Path, Configuration, Findings], FirewallName | None]


def declared_names(configuration: Configuration, findings: Findings) -> tuple[FirewallName, ...]:
    """Return them in the order in which they may use each other: aliases, sets, groups."""
    firewall = configuration.site.firewall
    kinds: tuple[tuple[NameKind, Mapping[str, Any], Read], ...] = (
        ("alias", firewall.aliases, _alias),
        ("ip-set", firewall.ip_sets, _ip_set),
        ("security-group", firewall.security_groups, _group),
    )
    return tuple(
        one for kind, declared, read in kinds for one in _readable(kind, declared, read, configuration, findings)
    )


def place_of(kind: NameKind, name: str) -> Path:
    """Return where a name stands, as `Configuration.locate` takes it."""
    return ("site", "firewall", _KEYS[kind], name)


def rules_of_group(
    name: str, declared: SecurityGroup, findings: Findings, configuration: Configuration
) -> tuple[DeclaredRule, ...]:
    """Return the rules that Proxmox would take, each once; the others are errors."""
    accepted = []
    for index, rule in enumerate(declared.rules):
        place = (*place_of("security-group", name), "rules", index)
        try:
            accepted.append(DeclaredRule(_rule_of_group(rule), place))
            mention_empty(rule, configuration.locate(*place), findings)
        except RuleRefusedError as error:
            findings.error(
                f"{error.title}: {error}",
                configuration.locate(*place),
                seen=error.seen,
                expected=error.expected,
            )
    return tuple(one.counts for one in copies(accepted))


def places_of_entries(configuration: Configuration) -> dict[str, Path]:
    """Return where each rule of a group stands, and each member of a set, by resource and number or address."""
    firewall, silent, found = configuration.site.firewall, Findings(), dict[str, Path]()
    for name, group in firewall.security_groups.items():
        for number, rule in enumerate(rules_of_group(name, group, silent, configuration)):
            found[f"security-group@{name.lower()}/{number}"] = rule.at
    for name, declared in firewall.ip_sets.items():
        for index, member in enumerate(declared.members):
            key = f"ip-set@{name.lower()}/{plain_network(member.cidr)}"
            found.setdefault(key, (*place_of("ip-set", name), "members", index))
    return found


def _readable(
    kind: NameKind, declared: Mapping[str, Any], read: Read, configuration: Configuration, findings: Findings
) -> Iterator[FirewallName]:
    seen: set[str] = set()
    for name, content in declared.items():
        path = place_of(kind, name)
        if reason := _name_problem(kind, name):
            findings.error(
                f"Proxmox takes no such name in `{_KEYS[kind]}`",
                configuration.locate(*path),
                seen=name,
                expected=reason,
            )
            continue
        if name.lower() in seen:
            findings.error(
                f"two entries of `{_KEYS[kind]}` are one for Proxmox, which knows no case here",
                configuration.locate(*path),
                seen=name,
                expected="names that differ in more than case",
            )
            continue
        seen.add(name.lower())
        found = read(content, path, configuration, findings)
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
    return name_grammar(_LONGEST)


def _alias(alias: Alias, path: Path, configuration: Configuration, findings: Findings) -> FirewallName | None:
    try:
        cidr = plain_address(alias.cidr)
    except ValueError:
        findings.error(
            "an alias stands for one address or network",
            configuration.locate(*path, "cidr"),
            seen=alias.cidr,
            expected="10.0.0.5 or 10.0.0.0/24",
        )
        return None
    return FirewallName("alias", "", alias.comment or "", ({"cidr": cidr},))


def _ip_set(declared: IpSet, path: Path, configuration: Configuration, findings: Findings) -> FirewallName:
    members: dict[str, dict[str, Any]] = {}
    for index, member in enumerate(declared.members):
        where = configuration.locate(*path, "members", index)
        if problem := _member_problem(member):
            findings.error("Proxmox would refuse this entry of an IP set", where, seen=member.cidr, expected=problem)
            continue
        cidr = plain_network(member.cidr)
        if cidr in members:
            findings.error("an IP set has this entry twice", where, seen=member.cidr, expected="each entry once")
            continue
        members[cidr] = {"cidr": cidr, "nomatch": member.nomatch, "comment": member.comment}
    return FirewallName("ip-set", "", declared.comment or "", tuple(members.values()))


def _group(declared: SecurityGroup, path: Path, configuration: Configuration, findings: Findings) -> FirewallName:
    rules = rules_of_group(str(path[-1]), declared, findings, configuration)
    entries = tuple(rule_words(one.rule) for one in rules)
    return FirewallName("security-group", "", declared.comment or "", entries)


def _member_problem(member: IpSetMember) -> str:
    """Say what Proxmox takes; empty when it takes this."""
    try:
        address = plain_address(member.cidr)
    except ValueError:
        if _REFERENCE.fullmatch(member.cidr.strip()) and len(member.cidr.strip()) <= _LONGEST:
            return ""
        names = "" if len(member.cidr.strip()) > 1 else "; names have two characters or more"
        return f"an address, a network, or an alias of the datacenter (sets hold no ranges and no other sets){names}"
    return "0.0.0.0/1 and 128.0.0.0/1 (the prefix 0 is not allowed)" if _EVERYTHING.search(address) else ""


def _rule_of_group(rule: FirewallRule) -> FirewallRule:
    if rule.type == "group":
        raise RuleRefusedError("a group cannot bring in another", f"action: {rule.action}", "the rules themselves")
    if rule.iface:
        raise RuleRefusedError(
            "rules of a group name no interface", f"iface: {rule.iface}", "iface at the rule that brings the group in"
        )
    return canonical_rule(rule)
