"""What stands in the way of a deploy, judged before anything is sent.

On servers up to 2.39 a deploy that fails takes the running stack down, so everything that can be known beforehand has
to be known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.published_ports import PublishedPort
from phoenix_providers.planning.stacks.taken_ports import bound_ports

# Compose files that Portainer itself wrote lie in a folder with the stack's number.
_PORTAINERS_OWN = re.compile(r"/compose/(\d+)(?:/v\d+)?/[^/]+$")


@dataclass(frozen=True)
class Holder:
    """A container on the engine, with what it holds; `ports` as (number, protocol, address)."""

    container: str
    project: str
    service: str
    ports: tuple[tuple[int, str, str], ...] = ()


class Need(StrEnum):
    """What has to be done about an obstacle."""

    WAIT = "wait"
    MEND = "mend"


@dataclass(frozen=True)
class Obstacle:
    """One thing that is taken; `need` is WAIT if a stack at Portainer has it, which may leave."""

    text: str
    need: Need


def obstacles(
    project: str, compose: Compose, holders: Sequence[Holder], stacks: Collection[str]
) -> tuple[Obstacle, ...]:
    """Return what other containers hold of the names and ports that this project needs.

    Args:
        project: Its name.
        compose: Its file.
        holders: All containers of the engine.
        stacks: Names of the stacks that Portainer has there.
    """
    found: list[Obstacle] = []
    for holder in holders:
        if holder.project == project:
            continue
        for what in _held(project, compose, holder):
            if holder.project in stacks:
                text = (
                    f"{what} is held by the stack {holder.project} (container {holder.container}); "
                    "if that stack leaves, a full run deploys this one"
                )
                found.append(Obstacle(text, Need.WAIT))
            else:
                found.append(
                    Obstacle(f"{what} is held by the container {holder.container}, {_owner(holder)}", Need.MEND)
                )
    return tuple(dict.fromkeys(found))


def holders_in(project: str, compose: Compose) -> tuple[Holder, ...]:
    """Return what a project's containers hold once it is deployed."""
    return tuple(
        Holder(
            container,
            project,
            name,
            tuple((port.host or 0, port.protocol, port.address) for port in bound_ports(service)),
        )
        for name, service in compose.services.items()
        if service.active
        for container in sorted(_container_names(project, name, compose.model["services"][name]))
    )


def needed_of(project: str, compose: Compose, holders: Sequence[Holder]) -> tuple[tuple[str, str], ...]:
    """Return who holds what this project needs, as (project, what)."""
    found = (
        (holder.project, what)
        for holder in holders
        if holder.project != project
        for what in _held(project, compose, holder)
    )
    return tuple(dict.fromkeys(found))


def in_the_way(project: str, compose: Compose, holders: Sequence[Holder]) -> tuple[str, ...]:
    """Return containers of the project's own former services that hold what its file needs now."""
    return tuple(
        holder.container
        for holder in holders
        if holder.project == project and holder.service not in compose.services and list(_held("", compose, holder))
    )


def made_by_portainer(config_files: str) -> int | None:
    """Return the number of the stack whose file made a container; None if Portainer did not make it."""
    found = _PORTAINERS_OWN.search(config_files.replace("\\", "/"))
    return int(found[1]) if found else None


def _held(project: str, compose: Compose, holder: Holder) -> Iterator[str]:
    for name, service in compose.services.items():
        if not service.active:
            continue
        if holder.container in _container_names(project, name, compose.model["services"][name]):
            yield f"the container name {holder.container}"
        for port in bound_ports(service):
            if any(port.clashes(PublishedPort(0, *held)) for held in holder.ports):
                yield f"port {port.host_text}"


def _container_names(project: str, name: str, service: Mapping[str, object]) -> set[str]:
    own = service.get("container_name")
    return {str(own)} if own else {f"{project}-{name}-1"} if project else set()


def _owner(holder: Holder) -> str:
    return f"of the compose project {holder.project}" if holder.project else "which was started by hand"
