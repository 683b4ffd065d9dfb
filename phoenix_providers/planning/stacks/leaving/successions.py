"""Stacks that leave, and those that take their place: after a rename, or a move to another VM."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.image_name import repository_of
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.named_volumes import NamedVolume, named_volumes, readable
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site_plan import SitePlan, StackPlan
from phoenix_providers.planning.stacks.former_names import former_names
from phoenix_providers.planning.stacks.preflight import holders_in, needed_of


@dataclass(frozen=True)
class Succession:
    """One stack that takes another one's place.

    Attributes:
        old: What leaves.
        new: NAME@VMID of what comes.
        same: Whether both are one stack at Portainer: then it only gets another name here.
        stays_behind: Names at Docker of the volumes that the old one used and the new one will not have.
        starts_empty: Of these, by the new one's key, the name of the volume in which its data is.
    """

    old: RecordedStack
    new: str
    same: bool
    stays_behind: tuple[str, ...]
    starts_empty: Mapping[str, str]


@dataclass(frozen=True)
class Room:
    """What a new stack needs and one that leaves holds: the old one is removed first."""

    old: str
    new: str
    needs: tuple[str, ...]


def leaving_stacks(plan: SitePlan, recorded: Mapping[str, RecordedStack]) -> tuple[RecordedStack, ...]:
    """Return the stacks that the state has deployed and the files have no more."""
    declared = {stack.resource_name for stack in plan.stacks}
    return tuple(stack for name, stack in sorted(recorded.items()) if name not in declared and stack.deployed)


def successions(
    configuration: Configuration, plan: SitePlan, recorded: Mapping[str, RecordedStack]
) -> tuple[Succession, ...]:
    """Return who takes whose place.

    That is whom the files name with `was`; else the same folder on another VM; else, on the same environment, whoever
    has a volume of the same key and an image of the same name. Of a file that cannot be read nobody can tell, so it
    may take the place of all.
    """
    former = former_names(configuration).stacks
    leaving = {stack.name: stack for stack in leaving_stacks(plan, recorded)}
    # Who has never been healthy has not taken anybody's place yet.
    coming = [stack for stack in plan.stacks if not _is_proven(recorded, stack.resource_name) and not stack.bootstrap]
    stacks = {stack.resource_name: stack for stack in plan.stacks}

    @cache
    def text_of(name: str) -> Compose | None:
        """Few texts are looked into, and none in most runs."""
        return _text_of(configuration, stacks[name])

    found = []
    for new in sorted(coming, key=lambda stack: _rank(stack, former, leaving, text_of)) if leaving else ():
        for old in _predecessors(plan, new, leaving, former.get(new.resource_name, ""), text_of):
            del leaving[old.name]
            one = _succession(plan, old, new, text_of(new.resource_name))
            # Its volumes are there already.
            found.append(replace(one, starts_empty={}) if _is_deployed(recorded, new.resource_name) else one)
    # Another environment of the manifest makes another stack of it at Portainer, under the same name here.
    for new in plan.stacks:
        name = new.resource_name
        if _is_deployed(recorded, name) and recorded[name].project != new.project and not new.bootstrap:
            found.append(_succession(plan, recorded[name], new, text_of(name)))
    return tuple(found)


def rooms(plan: SitePlan, leaving: Sequence[RecordedStack], coming: Iterable[StackPlan]) -> tuple[Room, ...]:
    """Return which of the new stacks need what one that leaves holds on the same environment."""
    found = []
    for new in coming:
        here = [old for old in leaving if _is_here(plan, old, new)]
        compose = readable(new.compose, new.variables, new.project) if new.compose and here else None
        if compose is None:
            continue
        for old in here:
            needs = _needs(new, compose, old)
            found += [Room(old.name, new.resource_name, needs)] if needs else []
    return tuple(found)


def waits(
    configuration: Configuration,
    plan: SitePlan,
    leaving: Sequence[RecordedStack],
    recorded: Mapping[str, RecordedStack],
) -> dict[str, tuple[str, ...]]:
    """Return, by what leaves, the stacks that need what it holds and are left alone.

    One that cannot be read and has never been healthy may need anything of its machine.
    """
    found: dict[str, list[str]] = {}
    for new in plan.stacks:
        if not new.untouched or new.bootstrap:
            continue
        here = [old for old in leaving if old.name != new.resource_name and _is_here(plan, old, new)]
        text, proven = _text_of(configuration, new) if here else None, _is_proven(recorded, new.resource_name)
        for old in here:
            needs = _needs(new, text, old) if text is not None else not proven
            found.setdefault(old.name, []).extend([new.resource_name] if needs else [])
    return {old: tuple(names) for old, names in found.items() if names}


def volumes_of(stack: RecordedStack) -> tuple[NamedVolume, ...]:
    """Return the named volumes of a stack that the state has."""
    compose = _compose_of(stack)
    return tuple(named_volumes(compose, stack.project).values()) if compose else ()


def environment_of(plan: SitePlan, stack: StackPlan | RecordedStack) -> str:
    """Return the name of a stack's environment at Portainer, empty if its VM has none by now."""
    return next((one.name for one in plan.environments if one.vmid == stack.vmid), "")


def _needs(new: StackPlan, compose: Compose, old: RecordedStack) -> tuple[str, ...]:
    before = _compose_of(old)
    held = holders_in(old.project, before) if before else ()
    return tuple(what for _, what in needed_of(new.project, compose, held))


def _is_deployed(recorded: Mapping[str, RecordedStack], name: str) -> bool:
    """One that was blocked from its first day is in the state as well."""
    return name in recorded and recorded[name].deployed


def _is_proven(recorded: Mapping[str, RecordedStack], name: str) -> bool:
    return _is_deployed(recorded, name) and recorded[name].proven


def _text_of(configuration: Configuration, stack: StackPlan) -> Compose | None:
    """Read a stack's own text; a plan has none of a stack that is blocked."""
    folder = configuration.stacks.get(stack.name)
    text = folder.compose if folder is not None else None
    return readable(text, stack.variables, stack.project) if text else None


def _rank(
    new: StackPlan,
    former: Mapping[str, str],
    leaving: Mapping[str, RecordedStack],
    text_of: Callable[[str], Compose | None],
) -> int:
    """Those whose place is known choose first, those that cannot be read last."""
    if former.get(new.resource_name) in leaving:
        return 0
    if any(old.folder == new.name for old in leaving.values()):
        return 1
    return 3 if text_of(new.resource_name) is None else 2


def _predecessors(
    plan: SitePlan,
    new: StackPlan,
    leaving: Mapping[str, RecordedStack],
    former: str,
    text_of: Callable[[str], Compose | None],
) -> list[RecordedStack]:
    if former in leaving:
        return [leaving[former]]
    moved = [old for old in leaving.values() if old.folder == new.name]
    if moved:
        return moved[:1]
    here = [old for old in leaving.values() if _is_here(plan, old, new)]
    text = text_of(new.resource_name) if here else None
    if text is None:
        return here if new.untouched else []
    return [old for old in here if _is_alike(old, new, text)][:1]


def _is_alike(old: RecordedStack, new: StackPlan, after: Compose) -> bool:
    before = _compose_of(old)
    if before is None:
        return False
    volumes = named_volumes(before, old.project).keys() & named_volumes(after, new.project).keys()
    return bool(volumes and _images(before) & _images(after))


def _succession(plan: SitePlan, old: RecordedStack, new: StackPlan, text: Compose | None) -> Succession:
    here = _is_here(plan, old, new)
    if here and old.project == new.project:
        return Succession(old, new.resource_name, True, (), {})
    wanted = named_volumes(text, new.project) if text else {}
    kept = {volume.name for volume in wanted.values()} if here else set()
    behind = [volume for volume in volumes_of(old) if volume.name not in kept and not (here and volume.external)]
    empty = {
        volume.key: volume.name
        for volume in behind
        if not volume.external and volume.key in wanted and not wanted[volume.key].external
    }
    return Succession(old, new.resource_name, False, tuple(volume.name for volume in behind), empty)


def _is_here(plan: SitePlan, old: RecordedStack, new: StackPlan) -> bool:
    """Whether both are on one engine, under whatever name or number."""
    return old.vmid == new.vmid or old.environment == environment_of(plan, new)


def _compose_of(old: RecordedStack) -> Compose | None:
    return readable(old.compose, {}, old.project) if old.compose else None


def _images(compose: Compose) -> set[str]:
    return {repository_of(service.image) for service in compose.services.values() if service.image}
