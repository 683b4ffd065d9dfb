"""Aliases, sets and groups while they change: what they become, and what may stand on Proxmox meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from typing import Self

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall.names.changes import stages
from phoenix_providers.planning.firewall.names.content import member_text, named
from phoenix_providers.planning.firewall.rules.match import NamedNetworks
from phoenix_providers.planning.firewall_name import FirewallName

Groups = Mapping[str, Sequence[RuleRecord]]
Members = Sequence[str]
_OWN_NETWORK = "local_network"
# More ways in which the aliases of a set may be meanwhile are not tried; then it is not known what the set holds.
_MOST_WAYS = 64


@dataclass(frozen=True)
class ChangingNetworks(NamedNetworks):
    """Names of which each may be as it was, as it becomes, or in between; known is what holds for all of these.

    Attributes:
        alias_versions: Of the datacenter's aliases that change.
        set_versions: The same for sets.
    """

    alias_versions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    set_versions: Mapping[str, Sequence[Members]] = field(default_factory=dict)

    def in_alias(self, name: str, address: str, guest: int) -> bool | None:
        """Whether an alias stands for an address all the time."""
        bare = name.rpartition("/")[2]
        ways = ({bare: one} for one in self.alias_versions.get(bare, ()))
        verdicts = (self._moment(aliases, {}).in_alias(name, address, guest) for aliases in ways)
        return _agreed(verdicts, otherwise=super().in_alias(name, address, guest))

    def in_set(self, name: str, address: str, guest: int) -> bool | None:
        """Whether an address is in a set all the time."""
        bare = name.rpartition("/")[2]
        versions = self.set_versions.get(bare, (self.sets.get(bare, ()),))
        words = {member.lstrip("!").rpartition("/")[2] for members in versions for member in members}
        moving = {word: self.alias_versions[word] for word in words & self.alias_versions.keys()}
        if not moving and bare not in self.set_versions:
            return super().in_set(name, address, guest)
        if prod(map(len, moving.values())) > _MOST_WAYS:
            return None
        moments = (
            self._moment(dict(zip(moving, ways, strict=True)), {bare: members})
            for members in versions
            for ways in product(*moving.values())
        )
        return _agreed((moment.in_set(name, address, guest) for moment in moments), otherwise=None)

    def with_own_network(self, network: str) -> Self:
        """Return the names with what Proxmox itself adds, which counts unless somebody says otherwise."""
        names = super().with_own_network(network)
        aliases, sets = dict(self.alias_versions), dict(self.set_versions)
        if network and _OWN_NETWORK in aliases:
            aliases[_OWN_NETWORK] = (network, *aliases[_OWN_NETWORK])
        if "management" in sets:
            sets["management"] = [(*members, _OWN_NETWORK) for members in sets["management"]]
        return replace(names, alias_versions=aliases, set_versions=sets)

    def _moment(self, aliases: Mapping[str, str], sets: Mapping[str, Members]) -> NamedNetworks:
        return NamedNetworks({**self.aliases, **aliases}, {**self.sets, **sets}, self.guest_aliases, self.guest_sets)


def become(live: NamedNetworks, declared: Iterable[FirewallName], leaving: Collection[str] = ()) -> NamedNetworks:
    """Return what the datacenter's aliases and sets will be; `leaving` are names of resources."""
    aliases = {name: cidr for name, cidr in live.aliases.items() if f"alias@{name}" not in leaving}
    sets = {name: members for name, members in live.sets.items() if f"ip-set@{name}" not in leaving}
    for one in declared:
        # What says the same stays the same, so that nothing is taken for a change.
        if one.kind != "security-group" and found(one, live, {}) == _bare(one):
            continue
        if one.kind == "alias":
            aliases[one.name] = str(one.entries[0]["cidr"])
        elif one.kind == "ip-set":
            sets[one.name] = tuple(map(member_text, one.entries))
    return NamedNetworks(aliases, sets, live.guest_aliases, live.guest_sets)


def groups_become(live: Groups, declared: Iterable[FirewallName], leaving: Collection[str] = ()) -> Groups:
    """Return what the security groups will be."""
    groups = {name: rules for name, rules in live.items() if f"security-group@{name}" not in leaving}
    changed = {one.name: one.entries for one in declared if one.kind == "security-group"}
    return groups | {name: rules for name, rules in changed.items() if list(groups.get(name, ())) != list(rules)
                     or name not in groups}  # fmt: skip


def changing(live: NamedNetworks, declared: Iterable[FirewallName]) -> NamedNetworks:
    """Return the names as they are while they change; those that change nothing are known as before."""
    names = tuple(declared)
    aliases: dict[str, Sequence[str]] = {}
    sets: dict[str, Sequence[Members]] = {}
    for one in names:
        before = found(one, live, {})
        if one.kind == "security-group" or before == _bare(one):
            continue
        lists = [*([before.entries] if before else ()), *(stage.entries for stage in stages(before, _bare(one)))]
        if one.kind == "alias":
            aliases[one.name] = [str(entry["cidr"]) for entries in lists for entry in entries]
        else:
            sets[one.name] = [tuple(map(member_text, entries)) for entries in lists]
    after = become(live, names)
    if not aliases and not sets:
        return after
    return ChangingNetworks(after.aliases, after.sets, live.guest_aliases, live.guest_sets, aliases, sets)


def group_moments(live: Groups, declared: Iterable[FirewallName]) -> Iterator[Groups]:
    """Give what the groups are while one of them changes, with all others as they were and as they become."""
    names = [one for one in declared if one.kind == "security-group"]
    after = groups_become(live, names)
    for one in names:
        before = named(one.kind, one.name, "", live[one.name]) if one.name in live else None
        for stage in stages(before, _bare(one)):
            yield {**live, one.name: stage.entries}
            yield {**after, one.name: stage.entries}


def found(wanted: FirewallName, networks: NamedNetworks, groups: Groups) -> FirewallName | None:
    """Return what Proxmox has under a name, without comments; None if it has nothing."""
    if wanted.kind == "security-group":
        return named(wanted.kind, wanted.name, "", groups[wanted.name]) if wanted.name in groups else None
    if wanted.kind == "alias":
        cidr = networks.aliases.get(wanted.name)
        return None if cidr is None else named(wanted.kind, wanted.name, "", [{"cidr": cidr}])
    members = networks.sets.get(wanted.name)
    if members is None:
        return None
    entries = [{"cidr": one.removeprefix("!"), "nomatch": one.startswith("!")} for one in members]
    return named(wanted.kind, wanted.name, "", entries)


def _bare(one: FirewallName) -> FirewallName:
    """Leave out comments of the name and of a set's members, which decide nothing."""
    entries = one.entries
    if one.kind == "ip-set":
        entries = tuple({**entry, "comment": ""} for entry in entries)
    return replace(one, comment="", entries=entries)


def _agreed(verdicts: Iterable[bool | None], *, otherwise: bool | None) -> bool | None:
    """Return what all say; `otherwise` where nobody says anything."""
    every = set(verdicts)
    return every.pop() if len(every) == 1 else None if every else otherwise
