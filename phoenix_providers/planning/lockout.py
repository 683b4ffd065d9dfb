"""Whether a change of rules and policies would cut a connection that is needed, at any moment of the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from phoenix_providers.planning.rule_sequence import Rules, states_of_create, states_of_update
from phoenix_providers.planning.site_plan import Connection
from phoenix_providers.planning.wall import Barrier, Level, Wall, barrier, doubts

# Each one more doubles the work.
_ALL_WAYS = 5


@dataclass(frozen=True)
class Wanted:
    """What is declared; guests that are not declared stay as they are."""

    cluster: Level
    guests: Mapping[int, Level]


@dataclass(frozen=True)
class Cut:
    """A connection that would be lost; `on_the_way` means only until the change is complete.

    Attributes:
        at: What keeps it out; None where that is not known, then it is taken to be where it comes in.
    """

    connection: Connection
    on_the_way: bool
    at: Barrier | None = None

    @property
    def rule(self) -> str:
        """The rule that keeps it."""
        one, direction = self.connection, self.at.direction if self.at else "in"
        ends = {"in": f"source: {one.source}", "out": f"dest: {one.dest}"}
        end = ends.get(direction, f"source: {one.source}, dest: {one.dest}")
        return f"type: {direction}, action: ACCEPT, {end}, proto: {one.proto}, port: {one.port}"

    @property
    def where(self) -> str:
        """Where that rule belongs."""
        guest = self.at.guest if self.at else self.connection.to_guest
        return f"the guest {guest}" if guest else "the datacenter"

    def text(self) -> str:
        """Return it in one line."""
        when = " while the rules change places" if self.on_the_way else ""
        one = self.connection
        return f"{one.name} ({one.what}, {one.source} to {one.dest} {one.proto} {one.port}){when}"


def cuts(now: Wall, wanted: Wanted, connections: Iterable[Connection], allowed: Collection[str]) -> tuple[Cut, ...]:
    """Return the connections that pass now and would not pass later, at the end or on the way there.

    Args:
        now: The firewall as it is.
        wanted: What it becomes; rules before options, guests before the datacenter.
        connections: What is needed.
        allowed: Names of connections that may be cut.
    """
    final = replace(now, cluster=wanted.cluster, guests={**now.guests, **wanted.guests})
    if final == now:
        return ()
    between = tuple(_on_the_way(now, wanted))
    found = []
    for one in connections:
        if one.name in allowed:
            continue
        readings = [held for held in _readings(doubts(now, one) | doubts(final, one)) if not barrier(now, one, held)]
        for walls, on_the_way in (([final], False), (between, True)):
            if (at := _first_barrier(walls, one, readings)) is not None:
                found.append(Cut(one, on_the_way, at))
                break
    return tuple(found)


def _first_barrier(walls: Iterable[Wall], connection: Connection, readings: Sequence[frozenset[str]]) -> Barrier | None:
    """Return what keeps a connection out that comes through now, however what is not known may be."""
    found = (barrier(wall, connection, held) for wall in walls for held in readings)
    return next((at for at in found if at is not None), None)


def _readings(unknown: frozenset[str]) -> Iterator[frozenset[str]]:
    """Give the ways in which what is not known may be: all of them, or of many those with one that differs."""
    if len(unknown) <= _ALL_WAYS:
        for count in range(len(unknown) + 1):
            yield from map(frozenset, combinations(sorted(unknown), count))
        return
    yield from (frozenset(), unknown)
    for one in unknown:
        yield from (frozenset({one}), unknown - {one})


def _on_the_way(now: Wall, wanted: Wanted) -> Iterator[Wall]:
    """Give the states that stand between.

    A connection passes when each level lets it, and each level changes by itself; so it is enough to look at each
    level's states with all others as they are and as they become. The datacenter's options come last.
    """
    final_guests = {**now.guests, **wanted.guests}
    for guests in (now.guests, final_guests):
        for rules in _rule_states(now.cluster, wanted.cluster):
            yield replace(now, cluster=Level(rules, now.cluster.options), guests=guests)
    for number, level in wanted.guests.items():
        before = now.guests.get(number, Level())
        for state in (*(Level(rules, before.options) for rules in _rule_states(before, level)), level):
            for cluster in (now.cluster, Level(wanted.cluster.rules, now.cluster.options)):
                yield replace(now, cluster=cluster, guests={**now.guests, number: state})


def _rule_states(old: Level, new: Level) -> Iterator[Rules]:
    yield from states_of_update(old.rules, new.rules) if old.rules else states_of_create(new.rules)
