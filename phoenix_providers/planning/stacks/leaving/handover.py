"""Stacks that leave in a run, and what takes their place: decided once, for all phases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.problem import Problem
from phoenix_providers.models.traefik_records import ConfigurationSection, DynamicConfiguration
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.routes.conflicts import newcomers
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.planning.stacks.former_names import former_names
from phoenix_providers.planning.stacks.leaving.exchanges import exchanges, told_of_exchanges
from phoenix_providers.planning.stacks.leaving.successions import (
    Room,
    Succession,
    leaving_stacks,
    rooms,
    successions,
    waits,
)
from phoenix_providers.planning.stacks.leaving.volumes_left import held_back, refusals, told_of_room, told_of_volumes

# Names by protocol and kind.
RouteNames = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Handover:
    """What becomes of stacks that the files have no more.

    Attributes:
        found: Who takes whose place.
        refused: Problem by NAME@VMID, for stacks that would start with empty volumes without a word.
        held: Stacks that stay as they are for now, since what takes their place is blocked.
        held_for: By each of these, and by each that makes room under its own name, what is blocked.
        leaving: Stacks that do leave.
        rooms: Which of these are removed first, and for whom.
        routes_of_leaving: Each of these, with the names of its routes that no other stack has.
        successors: By each of these, the names of what takes its place: it stays until they run.
        claimants: By each of these that has published routes, who answers the same requests once it is gone.
        renamed: Former name by present one, of stacks and environments that are the same at Portainer.
        waiting: Circles of stacks that stay and wait for each other.
        unreached: Stacks that leave and stay for now, since nobody can remove them; their routes do leave.
        unreached_for: Why, by each of these and by their environments.
    """

    found: tuple[Succession, ...] = ()
    refused: Mapping[str, Problem] = field(default_factory=dict)
    held: tuple[RecordedStack, ...] = ()
    held_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leaving: tuple[RecordedStack, ...] = ()
    rooms: tuple[Room, ...] = ()
    routes_of_leaving: tuple[tuple[RecordedStack, RouteNames], ...] = ()
    successors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    claimants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    waiting: tuple[tuple[Room, ...], ...] = ()
    unreached: tuple[RecordedStack, ...] = ()
    unreached_for: Mapping[str, str] = field(default_factory=dict)

    def judged(self, plan: SitePlan) -> SitePlan:
        """Return the plan with those blocked that would start with empty volumes."""
        return _with(plan, self.refused)

    def without_reach(self, reasons: Mapping[str, str]) -> Handover:
        """Return it with those staying that cannot be removed; `reasons` by their names and their environments'."""
        return replace(
            self,
            leaving=tuple(stack for stack in self.leaving if stack.name not in reasons),
            unreached=tuple(stack for stack in self.leaving if stack.name in reasons),
            unreached_for=reasons,
            rooms=tuple(one for one in self.rooms if one.old not in reasons),
            routes_of_leaving=tuple(one for one in self.routes_of_leaving if one[0].name not in reasons),
        )

    def messages(self, configuration: Configuration, *, whole: bool, meant: Callable[[str], bool]) -> Iterator[str]:
        """Yield what the user should know; a run for one stack removes nothing, and speaks of that one only."""
        mine = [one for one in self.found if meant(one.new) and one.new not in self.refused]
        going = [one for one in mine if one.old.name not in self.held_for]
        yield from told_of_volumes(configuration, going, self.leaving if whole else ())
        for old, blocked in self.held_for.items() if whole else ():
            verb = "is" if len(blocked) == 1 else "are"
            yield f"{old} stays as it is for as long as {', '.join(blocked)} {verb} blocked or held"
        yield from told_of_room([one for one in self.rooms if one.old not in self.held_for] if whole else ())
        yield from told_of_exchanges(self.waiting if whole else ())


def hand_over(
    configuration: Configuration,
    plan: SitePlan,
    recorded: Mapping[str, RecordedStack],
    published: Mapping[str, DynamicConfiguration] | None = None,
) -> Handover:
    """Decide from the plan, what the state has, and what it says is published, by stack."""
    former = former_names(configuration)
    found = successions(configuration, plan, recorded)
    refused = refusals(configuration, plan, found)
    judged = _with(plan, refused)
    gone = leaving_stacks(judged, recorded)
    coming = [stack for stack in judged.stacks if not stack.untouched and not stack.bootstrap]
    renamed = {one.new: one.old.name for one in found if one.same and one.new in former.stacks}
    same = set(renamed.values())
    # Another project under the same name: its own update takes what was before away, once the new one runs.
    changed = [one.old for one in found if one.old.name in {new.resource_name for new in coming} & {one.new}]
    followed = held_back(judged, found)
    needed = waits(configuration, judged, [stack for stack in (*gone, *changed) if stack.name not in same], recorded)
    held_for = {
        old: tuple(dict.fromkeys((*followed.get(old, ()), *needed.get(old, ())))) for old in (*followed, *needed)
    }
    held = tuple(stack for stack in gone if stack.name in held_for)
    leaving = tuple(stack for stack in gone if stack.name not in {*same, *held_for})
    room = rooms(judged, [*leaving, *changed], coming)
    return Handover(
        found,
        refused,
        held,
        held_for,
        leaving,
        room,
        tuple((stack, _names_of_its_own(stack, recorded.values())) for stack in (*leaving, *changed)),
        {stack.name: _successors(stack.name, found, room) for stack in (*leaving, *changed)},
        {stack.name: _claimants(judged, stack.name, published or {}) for stack in leaving},
        {**renamed, **former.environments},
        exchanges(judged, coming, recorded),
    )


def _successors(old: str, found: Iterable[Succession], room: Iterable[Room]) -> tuple[str, ...]:
    names = {one.new for one in found if one.old.name == old} | {one.new for one in room if one.old == old}
    return tuple(sorted(names - {old}))


def _claimants(plan: SitePlan, old: str, published: Mapping[str, DynamicConfiguration]) -> tuple[str, ...]:
    had = {old: published.get(old) or {}}
    declared = {stack.resource_name: stack.routes for stack in plan.stacks}
    return tuple(sorted(newcomers({**declared, **had}, had))) if had[old] else ()


def _names_of_its_own(stack: RecordedStack, recorded: Iterable[RecordedStack]) -> RouteNames:
    others = [one.routes for one in recorded if one.name != stack.name]
    return {
        protocol: {
            kind: tuple(name for name in items if not any(name in _items(part, protocol, kind) for part in others))
            for kind, items in kinds.items()
        }
        for protocol, kinds in stack.routes.items()
    }


def _items(routes: DynamicConfiguration, protocol: str, kind: str) -> ConfigurationSection:
    found: ConfigurationSection = routes.get(protocol, {}).get(kind, {})
    return found


def _with(plan: SitePlan, refused: Mapping[str, Problem]) -> SitePlan:
    stacks = (
        replace(stack, problems=(*stack.problems, refused[stack.resource_name]), compose=None, routes={})
        if stack.resource_name in refused
        else stack
        for stack in plan.stacks
    )
    return replace(plan, stacks=tuple(stacks))
