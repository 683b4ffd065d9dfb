"""Stacks that stay and each need what another one of them holds, so that all would wait for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site_plan import SitePlan, StackPlan
from phoenix_providers.planning.stacks.leaving.successions import Room, rooms


def exchanges(
    plan: SitePlan, coming: Iterable[StackPlan], recorded: Mapping[str, RecordedStack]
) -> tuple[tuple[Room, ...], ...]:
    """Return each circle of them, as who waits for whom; only what changes in this run can be in one."""
    changed = [
        stack
        for stack in coming
        if (old := recorded.get(stack.resource_name)) and old.deployed and old.compose != stack.compose
    ]
    waits = [
        one for one in rooms(plan, [recorded[stack.resource_name] for stack in changed], changed) if one.old != one.new
    ]
    by_waiting: dict[str, list[Room]] = {}
    for one in waits:
        by_waiting.setdefault(one.new, []).append(one)
    found: dict[frozenset[str], tuple[Room, ...]] = {}
    for name in by_waiting:
        if circle := _circle(name, by_waiting):
            found.setdefault(frozenset(one.new for one in circle), circle)
    return tuple(found.values())


def told_of_exchanges(found: Iterable[tuple[Room, ...]]) -> Iterator[str]:
    """Yield which stacks wait for each other, and the way out."""
    for circle in found:
        who = ", ".join(f"{one.new} for {one.old} ({', '.join(one.needs)})" for one in circle)
        yield (
            f"{' and '.join(one.new for one in circle)} would wait for each other for ever: {who}; "
            f"give {circle[0].new} something else for one run, and what is meant in the next"
        )


def _circle(start: str, by_waiting: Mapping[str, list[Room]]) -> tuple[Room, ...]:
    """Return a way from one stack back to itself; empty if there is none."""
    ways: list[tuple[Room, ...]] = [(one,) for one in by_waiting[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        reached = way[-1].old
        if reached == start:
            return way
        if reached not in seen:
            seen.add(reached)
            ways += [(*way, one) for one in by_waiting.get(reached, ())]
    return ()
