"""Volumes that stay behind when a stack leaves, and stacks that would start without their data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.problem import Problem
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.planning.stacks.leaving.successions import Room, Succession, volumes_of

_HOW = "docs/operations.md, Moving a stack"
_LEAVES = re.compile(r"@\d+ leaves, and its volumes? .+ stays? behind on ")


def refusals(configuration: Configuration, plan: SitePlan, found: Iterable[Succession]) -> dict[str, Problem]:
    """Return a problem for every stack that would start with empty volumes, and does not say that it may."""
    by_name = {stack.resource_name: stack.name for stack in plan.stacks}
    return {
        one.new: _refusal(configuration, by_name[one.new], one)
        for one in found
        if one.starts_empty and not _may_start_empty(configuration, by_name[one.new])
    }


def held_back(plan: SitePlan, found: Iterable[Succession]) -> dict[str, tuple[str, ...]]:
    """Return the stacks that have to stay since what takes their place is blocked, each with that."""
    blocked = {stack.resource_name for stack in plan.stacks if stack.untouched}
    held = [one for one in found if one.new in blocked and not one.same and one.old.name != one.new]
    return {one.old.name: (one.new,) for one in held}


def told_of_volumes(
    configuration: Configuration, found: Sequence[Succession], leaving: Iterable[RecordedStack]
) -> Iterator[str]:
    """Yield which volumes stay where."""
    for one in found:
        if one.stays_behind:
            where = _machine(configuration, one.old)
            new = one.new if one.new != one.old.name else "another stack at Portainer"
            yield f"{one.old.name} becomes {new}, and {_stay(one.stays_behind)} on {where}"
    followed = {one.old.name for one in found}
    for stack in leaving:
        names = tuple(volume.name for volume in volumes_of(stack) if not volume.external)
        if names and stack.name not in followed:
            yield f"{stack.name} leaves, and {_stay(names)} on {_machine(configuration, stack)}"


def tells_of_volumes(text: str) -> bool:
    """Whether somebody says that of a stack that leaves; a list of all changes says it with the stack."""
    return bool(_LEAVES.search(text))


def told_of_room(rooms: Iterable[Room]) -> Iterator[str]:
    """Yield who is removed first, and for whom."""
    for one in rooms:
        if one.old == one.new:
            yield (
                f"{one.new} becomes another stack at Portainer that needs what it holds now ({', '.join(one.needs)}): "
                "in this run its routes are withdrawn and it is removed, and then the other one is deployed"
            )
            continue
        yield (
            f"{one.new} needs what {one.old} holds ({', '.join(one.needs)}): in this run the routes of {one.old} are "
            f"withdrawn and it is removed, and then {one.new} is deployed"
        )


def _refusal(configuration: Configuration, name: str, one: Succession) -> Problem:
    stays = "" if one.old.name == one.new else f"; until then {one.old.name} stays as it is"
    return Problem(
        f"{one.new} would start with empty volumes, and the data of {one.old.name} would stay behind",
        configuration.locate(f"stacks/{name}", "x-phoenix"),
        seen=f"{', '.join(one.starts_empty.values())} on {_machine(configuration, one.old)}",
        expected=f"`x-phoenix: {{empty_volumes: true}}` in the manifest of {name}",
        next_step=f"say that once the data is copied, or if it is not needed ({_HOW}){stays}",
        stack=name,
    )


def _may_start_empty(configuration: Configuration, name: str) -> bool:
    folder = configuration.stacks.get(name)
    return folder is not None and folder.manifest.limits.empty_volumes


def _machine(configuration: Configuration, stack: RecordedStack) -> str:
    name = configuration.guest_names.get(stack.vmid)
    return f"{name} ({stack.vmid})" if name else f"the VM {stack.vmid}"


def _stay(names: Sequence[str]) -> str:
    many = len(names) > 1
    return f"its volume{'s' if many else ''} {', '.join(names)} {'stay' if many else 'stays'} behind"
