"""A stack that leaves in this run, with what it takes to remove it before its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from phoenix_providers.models.engine_properties import Properties, StoredProperties

# Names of routes, by protocol and kind.
RouteNames = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class LeavingStack:
    """One of them. It stays until all that take its place run.

    Attributes:
        name: NAME@VMID.
        project: Its name at Portainer.
        environment: The name of its environment: a Portainer that has lost its data counts anew.
        successors: What takes its place, by NAME@VMID.
        blocked: Those of them that are blocked; while there are any, it makes no room.
        back_ends: Connections to the back ends of what takes the place of published routes, by NAME@VMID.
        routes: Names of its routes that no other stack has.
        target: Traefik's directory; empty if there is none.
        api: Traefik's API.
    """

    name: str
    project: str
    environment: str
    successors: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    back_ends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    routes: RouteNames = field(default_factory=dict)
    target: str = ""
    api: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Environment and project."""
        return self.environment, self.project

    @property
    def taken_by(self) -> frozenset[str]:
        """All that take its place: what changes its project takes its own, whoever tells of it."""
        return frozenset({*self.successors, self.name})

    def as_input(self) -> Properties:
        """Return plain data for an input."""
        return {
            "name": self.name,
            "successors": list(self.successors),
            "project": self.project,
            "environment": self.environment,
            "blocked": list(self.blocked),
            "back_ends": {name: list(ends) for name, ends in self.back_ends.items()},
            "routes": self.routes,
            "target": self.target,
            "api": self.api,
        }

    @classmethod
    def from_input(cls, data: StoredProperties) -> LeavingStack:
        """Read what `as_input` wrote; of an older version it may lack something."""
        return cls(
            str(data.get("name") or ""),
            str(data["project"]),
            str(data["environment"]),
            tuple(data.get("successors") or ()),
            tuple(data.get("blocked") or ()),
            {name: tuple(ends) for name, ends in (data.get("back_ends") or {}).items()},
            data.get("routes") or {},
            str(data.get("target") or ""),
            str(data.get("api") or ""),
        )
