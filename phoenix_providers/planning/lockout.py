"""Whether a change of rules and policies would cut a connection that is needed, at any moment of the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from phoenix_providers.planning.rule_sequence import Rules, states_of_create, states_of_update
from phoenix_providers.planning.site_plan import Connection
from phoenix_providers.planning.wall import Doubt, Level, Wall, passes


@dataclass(frozen=True)
class Wanted:
    """What is declared; guests that are not declared stay as they are."""

    cluster: Level
    guests: Mapping[int, Level]


@dataclass(frozen=True)
class Cut:
    """A connection that would be lost; `on_the_way` means only until the change is complete."""

    connection: Connection
    on_the_way: bool

    @property
    def rule(self) -> str:
        """The rule that keeps it."""
        one = self.connection
        return f"type: in, action: ACCEPT, source: {one.source}, proto: {one.proto}, port: {one.port}"

    @property
    def where(self) -> str:
        """Where that rule belongs."""
        return f"the guest {self.connection.to_guest}" if self.connection.to_guest else "the datacenter"

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
    on_the_way = tuple(_on_the_way(now, wanted))
    found = []
    for one in connections:
        if one.name in allowed:
            continue
        if _is_cut(now, [final], one):
            found.append(Cut(one, on_the_way=False))
        elif _is_cut(now, on_the_way, one):
            found.append(Cut(one, on_the_way=True))
    return tuple(found)


def _is_cut(now: Wall, later: Iterable[Wall], connection: Connection) -> bool:
    """Whether it passes now and not later; rules that may or may not fit are read both ways."""
    open_now = [doubt for doubt in Doubt if passes(now, connection, doubt)]
    return any(not passes(wall, connection, doubt) for wall in later for doubt in open_now)


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
