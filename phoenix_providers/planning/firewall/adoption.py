"""What taking a place on Proxmox over means: what is imported, and whose the things are that are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.proxmox_records import NewRule, OptionsRecord, RuleRecord
from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.firewall.rules.canonical_rule import RuleRefusedError, canonical_rule
from phoenix_providers.planning.firewall.rules.order import FileList, MisplacedRule, PlacedRule, rule_order
from phoenix_providers.planning.proxmox.api_words import plain_rule, rule_identity, rule_words
from phoenix_providers.planning.proxmox.firewall_options import as_said, chosen, file_words, lost_options
from phoenix_providers.planning.proxmox.hosts_file import foreign_entries, read_hosts
from phoenix_providers.planning.proxmox.rule_fields import RULE_FIELDS
from phoenix_providers.planning.proxmox.take_over import FoundOnProxmox
from phoenix_providers.planning.proxmox.wanted_place import WantedFiles, WantedFirewall, WantedPlace
from phoenix_providers.planning.proxmox_scope import Import, ProxmoxScope
from phoenix_providers.planning.site_plan import HostsEntry

# Where nobody says which files hold the rules.
_NOWHERE: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adoption:
    """One place that is taken over.

    Attributes:
        imports: Resources that come into the state as Proxmox has them now.
        entries: Foreign entries of the hosts file, which stay if the site file names them.
        rules: Foreign rules, in Proxmox's words and order, with their places; they stay if the files name them.
        misplaced: Foreign rules for which there is no place at which Proxmox would decide as it does.
        idle: Foreign rules that count for nothing, since another one has the same words.
        inexpressible: Foreign rules that the files cannot say.
        unreadable: Foreign lines of the hosts file without an IP address, such as 10.0.0.05: they name nothing.
        hosts: The hosts file as it is, with its comments; empty for other places.
        options: Options of the firewall that stay if the files name them, in the files' words.
        changes: By the files' word, options that become something else unless the files name what they are.
    """

    scope: ProxmoxScope
    imports: tuple[Import, ...]
    entries: tuple[HostsEntry, ...] = ()
    rules: tuple[PlacedRule, ...] = ()
    misplaced: tuple[MisplacedRule, ...] = ()
    idle: tuple[RuleRecord, ...] = ()
    inexpressible: tuple[RuleRecord, ...] = ()
    unreadable: tuple[HostsEntry, ...] = ()
    hosts: str = ""
    options: Mapping[str, str | bool] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)


def adoption(
    scope: ProxmoxScope,
    missing: Collection[str],
    found: FoundOnProxmox,
    wanted: WantedPlace,
    lists: Sequence[FileList] = (),
) -> Adoption:
    """Tell what taking over means.

    Args:
        scope: The place.
        missing: Its resources that are not in the state.
        found: What it has.
        wanted: What is declared for it.
        lists: Where in the files foreign rules may come.
    """
    imports = tuple(one for one in scope.imports if one.name in missing)
    names = {one.name for one in imports}
    if isinstance(wanted, WantedFiles):
        if f"hosts@{scope.suffix}" not in names:
            return Adoption(scope, imports)
        kept = {(address, name) for address, *others in wanted.hosts for name in others}
        entries = foreign_entries(read_hosts(found.hosts), scope.node, wanted.domain)
        foreign_lines = _not_kept(entries, kept)
        readable = tuple(entry for entry in foreign_lines if is_address(entry.address))
        unreadable = tuple(entry for entry in foreign_lines if entry not in readable)
        return Adoption(scope, imports, entries=readable, unreadable=unreadable, hosts=found.hosts)
    rules = _rules(scope, imports, found.rules, wanted.rules, lists) if f"rules@{scope.suffix}" in names else None
    taken = rules or Adoption(scope, imports)
    if f"firewall@{scope.suffix}" not in missing:
        return taken
    options = _unsaid_options(scope, found.options, wanted)
    lost = lost_options(scope, found.options, wanted.options)
    changes = {file_words(scope)[key]: f"{now} becomes {then}" for key, now, then in lost}
    return replace(taken, options=options, changes=changes)


def as_declared(rule: RuleRecord) -> NewRule:
    """Return a rule of Proxmox as the site files say it."""
    said = {field.said: rule[field.api] for field in RULE_FIELDS if rule.get(field.api)}
    if "comment" in said:
        said["comment"] = str(said["comment"]).strip()
    if not int(rule.get("enable") or 0):
        said["enabled"] = False
    return said


def _unsaid_options(scope: ProxmoxScope, live: OptionsRecord, wanted: WantedFirewall) -> dict[str, str | bool]:
    """Return what somebody has chosen and no file says, but for what a first write would set just so."""
    wished, left_open, words = wanted.options, wanted.left_open, file_words(scope)
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


def _rules(
    scope: ProxmoxScope,
    imports: tuple[Import, ...],
    found: Sequence[RuleRecord],
    wanted: Sequence[RuleRecord],
    lists: Sequence[FileList],
) -> Adoption:
    declared = {rule_identity(rule) for rule in wanted}
    said = [in_our_words(rule) for rule in found]
    inexpressible = tuple(
        rule for rule, words in zip(found, said, strict=True) if not words and rule_identity(rule) not in declared
    )
    live = [words or plain_rule(rule) for rule, words in zip(found, said, strict=True) if rule not in inexpressible]
    order = rule_order(live, wanted, lists or (FileList(_NOWHERE, 0, tuple(range(len(wanted)))),))
    counting = [*(one.rule for one in order.placed), *(one.rule for one in order.misplaced)]
    foreign = (rule for rule in live if rule_identity(rule) not in declared)
    idle = tuple(rule for rule in foreign if not any(rule is one for one in counting))
    return Adoption(
        scope, imports, rules=order.placed, misplaced=order.misplaced, idle=idle, inexpressible=inexpressible
    )


def in_our_words(rule: RuleRecord) -> RuleRecord | None:
    """Return a rule of Proxmox as it would be if the files said it; None if they cannot."""
    try:
        return rule_words(canonical_rule(FirewallRule.model_validate(as_declared(rule))))
    except (RuleRefusedError, ValidationError):
        return None
