"""What stacks that leave have defined, and routes of others lead to: it stays, so that nobody else's route goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration
from phoenix_providers.planning.routes.config_faults import Reference, all_references
from phoenix_providers.planning.routes.names import Name, Parts, names_in
from phoenix_providers.planning.traefik.structure_check import Fault, structure_faults

_IN_OUR_FILES = {"", "file"}
Items = Mapping[Name, Any]


def left_behind(parts: Parts, before: Parts, elsewhere: frozenset[Name] = frozenset()) -> dict[str, NewConfiguration]:
    """Return the middlewares and services of owners that are gone which others have led to, and still do.

    What somebody else defines now is not among them.

    Args:
        parts: What is to be published, by owner.
        before: What was published last, by owner.
        elsewhere: Names of other files.
    """
    gone = {owner: part for owner, part in before.items() if owner not in parts}
    if not gone:
        return {}
    defined = {*elsewhere, *(name for part in parts.values() for name in names_in(part))}
    owners = {name: owner for owner in sorted(gone) for name in names_in(gone[owner]) if name[1] != "routers"}
    free = {name: item for name, item in _items_of(gone.values()).items() if name in owners.keys() - defined}
    had = _reached([before[owner] for owner in parts if owner in before], _items_of(before.values()))
    still = _reached(parts.values(), free)
    left: dict[str, NewConfiguration] = {}
    for (protocol, kind, short), item in free.items():
        if (protocol, kind, short) in had & still:
            owner = owners[protocol, kind, short]
            left.setdefault(owner, {}).setdefault(protocol, {}).setdefault(kind, {})[short] = item
    return left


def who_leads_there(parts: Parts, left: Parts) -> dict[str, tuple[Fault, ...]]:
    """Return whose routes lead to what is left behind: in force for now, and a mistake."""
    owners = {name: owner for owner, part in left.items() for name in names_in(part)}
    found: dict[str, tuple[Fault, ...]] = {}
    for owner, part in parts.items() if owners else ():
        if owner not in left and (faults := tuple(_faults(part, owners))):
            found[owner] = faults
    return found


def _faults(part: DynamicConfiguration, owners: Mapping[Name, str]) -> Iterator[Fault]:
    for reference in _references(part):
        name = _name(reference)
        if name is not None and name in owners:
            reason = f"the {name[1].removesuffix('s')} {name[2]} is what {owners[name]} has left behind"
            yield Fault(reference.path, reason, "a stack that declares it, or no label that leads to it", in_force=True)


def _reached(parts: Iterable[DynamicConfiguration], items: Items) -> set[Name]:
    """Return everything that these lead to in our files, however far."""
    found: set[Name] = set()
    open_ends = [reference for part in parts for reference in _references(part)]
    while open_ends:
        reference = open_ends.pop()
        name = _name(reference)
        if name is not None and name not in found:
            found.add(name)
            protocol, kind, short = name
            open_ends += _references({protocol: {kind: {short: items[name]}}}) if name in items else ()
    return found


def _references(part: DynamicConfiguration) -> Iterable[Reference]:
    """A part that Traefik could not load leads nowhere: it is not published."""
    return () if not part or structure_faults(part) else all_references(part)


def _name(reference: Reference) -> Name | None:
    short, _, provider = reference.name.partition("@")
    return (*reference.kind, short) if provider in _IN_OUR_FILES else None


def _items_of(parts: Iterable[DynamicConfiguration]) -> dict[Name, Any]:
    return {name: part[name[0]][name[1]][name[2]] for part in parts for name in names_in(part)}
