"""The picture of a site, before anybody draws it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["proxmox", "guest", "environment", "stack", "route", "opening", "record", "registry"]
# What belongs to the datacenter, and to no guest.
PROXMOX, PROXMOX_NAME = "proxmox", "Proxmox"


@dataclass(frozen=True)
class Detail:
    """One line of what there is to say of a thing."""

    word: str
    text: str


@dataclass(frozen=True)
class Thing:
    """One thing of the picture.

    Attributes:
        id: Its kind and what tells it from others of it, such as `stack:grafana@113`.
        name: What users call it, such as `grafana@113`.
        title: What stands in the picture, such as `grafana`.
        what: What it is, in a line.
        where: What in the files asks for it (`file:line`), the most telling place first.
        inside: The thing in which it is drawn; empty for what stands on its own.
        remark: What is out of the ordinary with it by the files alone, such as `blocked`.
        details: The rest; never the value of a variable.
        also: Other names of it.
    """

    id: str
    kind: Kind
    name: str
    title: str
    what: str
    where: tuple[str, ...] = ()
    inside: str = ""
    remark: str = ""
    details: tuple[Detail, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edge:
    """What leads from one thing to another, and in which sense."""

    source: str
    target: str
    sense: str


@dataclass(frozen=True)
class Picture:
    """All things of a site; what is in another thing stands behind it."""

    site: str
    things: tuple[Thing, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def by_id(self) -> dict[str, Thing]:
        """Each thing by its id."""
        return {thing.id: thing for thing in self.things}

    def of(self, *kinds: Kind) -> Iterator[Thing]:
        """Yield all things of some kinds."""
        return (thing for thing in self.things if thing.kind in kinds)

    def inside(self, owner: str, *kinds: Kind) -> tuple[Thing, ...]:
        """Return what of some kinds is in a thing."""
        return tuple(thing for thing in self._by_owner.get(owner, ()) if thing.kind in kinds)

    def from_(self, source: str) -> tuple[Edge, ...]:
        """Return what leads from a thing."""
        return tuple(self._by_source.get(source, ()))

    def to(self, target: str) -> tuple[Edge, ...]:
        """Return what leads to a thing."""
        return tuple(self._by_target.get(target, ()))

    @cached_property
    def _by_owner(self) -> dict[str, list[Thing]]:
        found: dict[str, list[Thing]] = {}
        for thing in self.things:
            found.setdefault(thing.inside, []).append(thing)
        return found

    @cached_property
    def _by_source(self) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.source, []).append(edge)
        return found

    @cached_property
    def _by_target(self) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.target, []).append(edge)
        return found
