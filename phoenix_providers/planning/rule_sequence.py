"""The lists that stand on Proxmox while the Proxmox plugin changes rules, one request after the other (measured)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from phoenix_providers.planning.proxmox_words import rule_identity

Rule = Mapping[str, Any]
Rules = tuple[Rule, ...]


def states_of_create(wanted: Sequence[Rule]) -> Iterator[Rules]:
    """Give every state of a first write: the last rule comes first, each new one on top."""
    for start in range(len(wanted), -1, -1):
        yield tuple(wanted[start:])


def states_of_update(old: Sequence[Rule], wanted: Sequence[Rule]) -> Iterator[Rules]:
    """Give every state of an update: new rules on top, moves, changes in place, and the rest cut off."""
    current = list(old)
    yield tuple(current)
    partners = _partners(old, wanted)
    for place, rule in enumerate(wanted):
        if place not in partners:
            current.insert(0, rule)
            yield tuple(current)
    for place, rule in enumerate(wanted):
        position = _position(current, rule, place)
        if position is None:
            # The plugin stops here; the next run goes on from what it then finds.
            return
        if position != place:
            current.insert(place, current.pop(position))
            yield tuple(current)
    for place in sorted(partners):
        if current[place] != wanted[place]:
            current[place] = wanted[place]
            yield tuple(current)
    while len(current) > len(wanted):
        current.pop()
        yield tuple(current)


def _partners(old: Sequence[Rule], wanted: Sequence[Rule]) -> dict[int, Rule]:
    known: dict[tuple[str, ...], list[Rule]] = defaultdict(list)
    for rule in old:
        known[rule_identity(rule)].append(rule)
    return {place: same.pop(0) for place, rule in enumerate(wanted) if (same := known[rule_identity(rule)])}


def _position(current: Sequence[Rule], rule: Rule, place: int) -> int | None:
    return next(
        (at for at in range(place, len(current)) if rule_identity(current[at]) == rule_identity(rule)),
        None,
    )
