"""One name space for all routes: in Traefik's files the second item of a name would be skipped without a word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count

from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration
from phoenix_providers.planning.traefik.references import PROTOCOLS, rewritten

# (protocol, kind, name), such as ("http", "routers", "app").
Name = tuple[str, str, str]
Parts = Mapping[str, DynamicConfiguration]


@dataclass
class RouteNames:
    """Names that are taken, by protocol and kind (routers, services, middlewares).

    Attributes:
        holders: Who has a name now and keeps it, whoever else comes first.
    """

    taken: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    holders: Mapping[Name, str] = field(default_factory=dict)

    def reserve(self, routes: DynamicConfiguration) -> None:
        """Take the names of these routes as they are."""
        for protocol, kind, name in names_in(routes):
            self.taken.setdefault((protocol, kind), set()).add(name)

    def settle(self, routes: DynamicConfiguration, owner: str) -> NewConfiguration:
        """Return the routes under names that are free: one that is taken gets the suffix `-VMID`, everywhere.

        `owner` is a stack's resource name, NAME@VMID.
        """
        new_names: dict[Name, str] = {}
        own = set(names_in(routes))
        for full in names_in(routes):
            new_names[full] = self._free(full, owner, own | {(*name[:2], new) for name, new in new_names.items()})
        settled: NewConfiguration = {}
        for protocol, kinds in routes.items():
            renamed = {
                kind: {new_names[protocol, kind, name]: item for name, item in items.items()}
                for kind, items in kinds.items()
            }
            settled[protocol] = rewritten(renamed, partial(_renamed, new_names, protocol))
        self.reserve(settled)
        return settled

    def _free(self, full: Name, owner: str, own: Collection[Name]) -> str:
        """Return the name itself, or another one that is neither anybody's nor another one of the owner's `own`."""
        protocol, kind, name = full
        other = f"{name}-{owner.rpartition('@')[2]}"
        others = chain((other,), (f"{other}-{number}" for number in count(2)))
        free = (new for new in others if (protocol, kind, new) not in own)
        return next(new for new in chain((name,), free) if self._may_have((protocol, kind, new), owner))

    def _may_have(self, full: Name, owner: str) -> bool:
        protocol, kind, name = full
        return name not in self.taken.get((protocol, kind), set()) and self.holders.get(full, owner) == owner


def settled_parts(parts: Parts, before: Parts, reserved: Iterable[Name] = ()) -> dict[str, NewConfiguration]:
    """Return the routes of all owners under names of their own, whoever was declared, recorded or kept when.

    Who has a name keeps it until it gives it up; whoever else wants it gets another one.

    Args:
        parts: What is to be published, by owner.
        before: What was published last, by owner.
        reserved: Names of our other file.
    """
    names = RouteNames(holders=holders(parts, before))
    for protocol, kind, name in reserved:
        names.taken.setdefault((protocol, kind), set()).add(name)
    return {owner: names.settle(parts[owner], owner) for owner in sorted(parts)}


def names_in(routes: DynamicConfiguration) -> Iterator[Name]:
    """Yield every name that can be claimed twice."""
    for protocol in PROTOCOLS:
        for kind, items in routes.get(protocol, {}).items():
            for name in items:
                yield protocol, kind, name


def holders(parts: Parts, before: Parts) -> dict[Name, str]:
    """Return who has had a name before and still wants it."""
    found: dict[Name, str] = {}
    for owner in sorted(before):
        still = set(names_in(parts.get(owner, {})))
        for name in names_in(before[owner]):
            if name in still:
                found.setdefault(name, owner)
    return found


def _renamed(new_names: Mapping[Name, str], protocol: str, kind: str, reference: str) -> str:
    return new_names.get((protocol, kind, reference), reference)
