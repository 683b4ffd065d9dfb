"""The lists that stand on Proxmox while the Proxmox plugin changes rules, one request after the other (measured)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.proxmox.api_words import rule_signature

Rules = tuple[RuleRecord, ...]


class Moment(NamedTuple):
    """One list; `touched` are the rules in which it differs from the one before."""

    rules: Rules
    touched: Rules


def states_of_create(wanted: Sequence[RuleRecord]) -> Iterator[Moment]:
    """Give every state of a first write: the last rule comes first, each new one on top."""
    yield Moment((), ())
    for start in range(len(wanted) - 1, -1, -1):
        yield Moment(tuple(wanted[start:]), (wanted[start],))


def states_of_update(old: Sequence[RuleRecord], wanted: Sequence[RuleRecord]) -> Iterator[Moment]:
    """Give every state of an update: new rules on top, moves, changes in place, and the rest cut off."""
    current, identities = list(old), [rule_signature(rule) for rule in old]
    goals = [rule_signature(rule) for rule in wanted]
    yield Moment(tuple(current), ())
    partners = _partners(identities, goals)
    for place, rule in enumerate(wanted):
        if place not in partners:
            current.insert(0, rule)
            identities.insert(0, goals[place])
            yield Moment(tuple(current), (rule,))
    for place, goal in enumerate(goals):
        try:
            position = identities.index(goal, place)
        except ValueError:
            # The plugin stops here; the next run goes on from what it then finds.
            return
        if position != place:
            current.insert(place, current.pop(position))
            identities.insert(place, identities.pop(position))
            yield Moment(tuple(current), (current[place],))
    for place in sorted(partners):
        if current[place] != wanted[place]:
            before, current[place] = current[place], wanted[place]
            yield Moment(tuple(current), (before, wanted[place]))
    while len(current) > len(wanted):
        yield Moment(tuple(current[:-1]), (current.pop(),))


def _partners(old: Sequence[tuple[str, ...]], goals: Sequence[tuple[str, ...]]) -> set[int]:
    """Return which of the wanted rules are there already."""
    known: dict[tuple[str, ...], int] = defaultdict(int)
    for identity in old:
        known[identity] += 1
    found = set()
    for place, goal in enumerate(goals):
        if known[goal]:
            known[goal] -= 1
            found.add(place)
    return found
