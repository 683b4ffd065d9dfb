"""Whether a change of rules and policies would cut a connection that is needed, at any moment of the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_address, ip_network
from itertools import combinations
from typing import NamedTuple

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.deciding_rule import deciding_rule, found_again
from phoenix_providers.planning.firewall.lockout.evaluation import (
    Chain,
    FirewallState,
    Level,
    closed_chain,
    closed_chains,
    concerns,
    unknowns,
)
from phoenix_providers.planning.firewall.lockout.intermediate_states import (
    Moment,
    Rules,
    states_of_create,
    states_of_update,
)
from phoenix_providers.planning.firewall.names.while_changing import become, changing, group_moments, groups_become
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.site_plan import Connection

# Each one more doubles the work.
_ALL_WAYS = 5
# The guest, 0 for the datacenter, and the position in what is declared there.
RulePlace = tuple[int, int]


@dataclass(frozen=True)
class Wanted:
    """What is declared; guests that are not declared stay as they are.

    Attributes:
        names: Aliases, sets and groups; they are written before all rules.
        leaving: Names of resources of those that are declared no more; they go at the very end.
    """

    cluster: Level
    guests: Mapping[int, Level]
    names: Sequence[FirewallName] = ()
    leaving: Collection[str] = ()


def cuts(
    now: FirewallState,
    wanted: Wanted,
    connections: Iterable[Connection],
    allowed: Collection[str],
    later: Collection[RulePlace] = (),
) -> tuple[Cut, ...]:
    """Return the connections that pass now and would not pass later, at the end or on the way there.

    Args:
        now: The firewall as it is.
        wanted: What it becomes; rules before options, guests before the datacenter.
        connections: What is needed.
        allowed: Names of connections that may be cut.
        later: Rules that are sent switched off, and switched on when all rules have their places.
    """
    change = _Change(now, wanted, later)
    if change.now == change.final:
        return ()
    return tuple(
        cut for one in connections if one.name not in allowed and (cut := _cut(_View(change, one), one)) is not None
    )


def closed(
    now: FirewallState, wanted: Wanted, connections: Iterable[Connection], allowed: Collection[str]
) -> tuple[Cut, ...]:
    """Return what keeps connections out once all is as declared, whether they come through today or not.

    Only what is certain: a connection counts that is kept out however what is not known may be. One that meets
    several lists is named with each of them.
    """
    change = _Change(now, wanted)
    return tuple(cut for one in connections if one.name not in allowed for cut in _closed(change, one))


def is_given_back(now: FirewallState, wanted: Wanted, connection: Connection) -> bool:
    """Whether the firewall may keep a connection out now, and lets it through for certain once all is as declared."""
    view = _View(_Change(now, wanted), connection)
    unknown = unknowns(view.now, connection) | unknowns(view.final, connection)
    readings = [held for held in _readings(unknown) if closed_chain(view.now, connection, held)]
    return bool(readings) and _first_loss([view.final], connection, readings) is None


def closed_now(now: FirewallState, connection: Connection) -> tuple[Cut, ...]:
    """Return what may keep a connection out now; nothing if it comes through however what is not known may be."""
    found = [(held, tuple(closed_chains(now, connection, held))) for held in _readings(unknowns(now, connection))]
    held, met = min((one for one in found if one[1]), key=_count, default=(frozenset[str](), ()))
    return tuple(Cut(connection, False, at, deciding_rule(at, connection, now, held)) for at in met)


class _Loss(NamedTuple):
    """What keeps a connection out at some moment, in one reading of what is not known."""

    firewall: FirewallState
    held: frozenset[str]
    at: Chain


class _Change:
    """A change of the whole firewall, with every list that stands on Proxmox meanwhile."""

    def __init__(self, now: FirewallState, wanted: Wanted, later: Collection[RulePlace] = ()) -> None:
        self.now = now
        self.written = _with_names(now, wanted)
        self.final = replace(
            _with_names(now, wanted, wanted.leaving), cluster=wanted.cluster, guests={**now.guests, **wanted.guests}
        )
        self.changing = [replace(now, names=changing(now.names, wanted.names))] if wanted.names else []
        self.changing += [replace(self.written, groups=groups) for groups in group_moments(now.groups, wanted.names)]
        self.from_files = [one.resource_name for one in wanted.names]
        self._wanted = wanted
        self._later = frozenset(later)

    @cached_property
    def cluster(self) -> tuple[Moment, ...]:
        """The datacenter's lists."""
        return self._moments(0, self.now.cluster, self._wanted.cluster)

    @cached_property
    def guests(self) -> Mapping[int, tuple[Moment, ...]]:
        """Those of each guest that is declared."""
        before = self.now.guests
        return {
            number: self._moments(number, before.get(number, Level()), new)
            for number, new in self._wanted.guests.items()
        }

    def _moments(self, guest: int, old: Level, new: Level) -> tuple[Moment, ...]:
        sent = [
            {**rule, "enable": 0} if (guest, position) in self._later else rule
            for position, rule in enumerate(new.rules)
        ]
        moments = tuple(states_of_update(old.rules, sent) if old.rules else states_of_create(sent))
        # One after the other is switched on; what passes when all of them are on passes before.
        switched = tuple(rule for rule, first in zip(new.rules, sent, strict=True) if rule is not first)
        return (*moments, Moment(tuple(new.rules), switched)) if switched else moments


class _View:
    """A change as one connection meets it: the rules that concern it, and the lists in which these differ."""

    def __init__(self, change: _Change, connection: Connection) -> None:
        self._change, self._connection = change, connection
        self._known: dict[tuple[int, int], bool] = {}
        # What a rule fits may depend on names, which are others before and after.
        self._walls = (*change.changing[:1], change.now, change.final) if change.changing else (change.now,)
        self.now, self.final = self._narrowed(change.now), self._narrowed(change.final)

    def changing(self) -> Iterator[FirewallState]:
        """Give the states in which names change, before any rule does."""
        return map(self._narrowed, self._change.changing)

    def between(self) -> Iterator[FirewallState]:
        """Give the states that stand between.

        A connection passes when each level lets it, and each level changes by itself; so it is enough to look at each
        level's states with all others as they are and as they become. The datacenter's options come last.
        """
        now, final = self._narrowed(self._change.written), self.final
        lists = tuple(self._lists(self._change.cluster, 0))
        for guests in (now.guests, final.guests):
            for rules in lists:
                yield replace(now, cluster=Level(rules, now.cluster.options), guests=guests)
        for number in self._ends & self._change.guests.keys():
            before = now.guests.get(number, Level())
            lists = tuple(self._lists(self._change.guests[number], number))
            for state in (*(Level(rules, before.options) for rules in lists), final.guests[number]):
                for cluster in (now.cluster, Level(final.cluster.rules, now.cluster.options)):
                    yield replace(now, cluster=cluster, guests={**now.guests, number: state})

    def at_last(self, lost: _Loss) -> Cut:
        """Return what is lost once all is as declared, with the rule that decides in the whole of its list."""
        final, one = self._change.final, self._connection
        at = next(closed_chains(final, one, lost.held), lost.at)
        return Cut(one, False, at, deciding_rule(at, one, final, lost.held, self._change.from_files))

    def on_the_way(self, lost: _Loss) -> Cut:
        """Return what is lost for a while; the rule is told at the place that it comes to, or comes from."""
        by = deciding_rule(lost.at, self._connection, lost.firewall, lost.held)
        firewalls = (self._change.final, self._change.now)
        return Cut(self._connection, True, lost.at, by and found_again(by, firewalls))

    @property
    def _ends(self) -> set[int]:
        return {self._connection.from_guest, self._connection.to_guest} - {0}

    def _narrowed(self, firewall: FirewallState) -> FirewallState:
        guests = {number: level for number, level in firewall.guests.items() if number in self._ends}
        return replace(
            firewall,
            cluster=Level(self._concerning(firewall.cluster.rules, 0), firewall.cluster.options),
            node=Level(self._concerning(firewall.node.rules, 0), firewall.node.options),
            guests={
                number: Level(self._concerning(level.rules, number), level.options) for number, level in guests.items()
            },
        )

    def _lists(self, moments: Sequence[Moment], guest: int) -> Iterator[Rules]:
        for place, moment in enumerate(moments):
            if not place or self._concerning(moment.touched, guest):
                yield self._concerning(moment.rules, guest)

    def _concerning(self, rules: Iterable[RuleRecord], guest: int) -> Rules:
        return tuple(rule for rule in rules if self._concerns(rule, guest))

    def _concerns(self, rule: RuleRecord, guest: int) -> bool:
        # The same rule stands in many lists, so it is asked about once.
        key = (id(rule), guest)
        if key not in self._known:
            self._known[key] = any(concerns(rule, self._connection, firewall, guest) for firewall in self._walls)
        return self._known[key]


def _cut(view: _View, connection: Connection) -> Cut | None:
    unknown = unknowns(view.now, connection) | unknowns(view.final, connection)
    readings = [held for held in _readings(unknown) if not closed_chain(view.now, connection, held)]
    if (lost := _first_loss([view.final], connection, readings)) is not None:
        return view.at_last(lost)
    if (lost := _first_loss(view.between(), connection, readings)) is not None:
        return view.on_the_way(lost)
    for firewall in view.changing():
        more = list(_readings(unknowns(firewall, connection) - unknown))
        every = [held | others for held in readings for others in more]
        if (lost := _first_loss([firewall], connection, every)) is not None:
            return view.on_the_way(lost)
    return None


def _closed(change: _Change, connection: Connection) -> Iterator[Cut]:
    final = change.final
    if _may_come_from_elsewhere(final, connection):
        return
    found = [(held, tuple(closed_chains(final, connection, held))) for held in _readings(unknowns(final, connection))]
    if all(met for _, met in found):
        held, met = min(found, key=_count)
        for at in met:
            by = deciding_rule(at, connection, final, held, change.from_files)
            yield Cut(connection, on_the_way=False, at=at, by=by)


def _count(found: tuple[frozenset[str], Sequence[Chain]]) -> int:
    return len(found[1])


def _may_come_from_elsewhere(firewall: FirewallState, connection: Connection) -> bool:
    """Whether a guest with several network devices may send from another address than the one that is known."""
    if len(firewall.devices.get(connection.from_guest, ())) <= 1:
        return False
    own = ip_network(firewall.network) if firewall.network else None
    return own is None or not all(ip_address(end) in own for end in (connection.source, connection.dest))


def _first_loss(
    firewalls: Iterable[FirewallState], connection: Connection, readings: Sequence[frozenset[str]]
) -> _Loss | None:
    """Return what keeps a connection out that comes through now, however what is not known may be."""
    found = ((firewall, held, closed_chain(firewall, connection, held)) for firewall in firewalls for held in readings)
    return next((_Loss(firewall, held, at) for firewall, held, at in found if at is not None), None)


def _readings(unknown: frozenset[str]) -> Iterator[frozenset[str]]:
    """Give the ways in which what is not known may be: all of them, or of many those with one that differs."""
    if len(unknown) <= _ALL_WAYS:
        for count in range(len(unknown) + 1):
            yield from map(frozenset, combinations(sorted(unknown), count))
        return
    yield from (frozenset(), unknown)
    for one in unknown:
        yield from (frozenset({one}), unknown - {one})


def _with_names(now: FirewallState, wanted: Wanted, leaving: Collection[str] = ()) -> FirewallState:
    if not wanted.names and not leaving:
        return now
    return replace(
        now,
        names=become(now.names, wanted.names, leaving),
        groups=groups_become(now.groups, wanted.names, leaving),
    )
