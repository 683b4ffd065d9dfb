"""Looking at everything that could make a deploy fail, before it is sent."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.docker.records import ListedContainer
from phoenix_providers.clients.portainer.records import StackRecord
from phoenix_providers.clients.portainer.server import PortainerServer
from phoenix_providers.clients.portainer.stacks import PortainerStacks
from phoenix_providers.errors import ProductError
from phoenix_providers.models.location import Location
from phoenix_providers.models.problem import Problem
from phoenix_providers.operations.stacks.content import StackContent, WantedStack
from phoenix_providers.operations.stacks.externals import Externals
from phoenix_providers.operations.stacks.images import Images
from phoenix_providers.operations.stacks.take_over import ProjectTakeOver
from phoenix_providers.planning.compose.compose_file import Compose, read_compose
from phoenix_providers.planning.compose.interpolation import with_project
from phoenix_providers.planning.compose.specification.file_objects import paths_of_composes_choice
from phoenix_providers.planning.compose.specification.reading import check_specification
from phoenix_providers.planning.compose.unsupported import refuse
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.stacks.preflight import Holder, Need, in_the_way, needed_of, obstacles


class Preflight:
    """Facts for one stack on one environment."""

    def __init__(
        self, stacks: PortainerStacks, docker: DockerProxy, server: PortainerServer, pull_seconds: float
    ) -> None:
        self._stacks = stacks
        self._docker = docker
        self._take_over = ProjectTakeOver(docker, server)
        self._images = Images(docker, pull_seconds)
        self._externals = Externals(docker)

    def faults(self, wanted: WantedStack) -> tuple[str, ...]:
        """Return what is wrong with the content itself."""
        findings = Findings(wanted.project)
        compose = _read(wanted.project, wanted.content, findings)
        if compose is not None:
            refuse(compose, _place, findings)
            check_specification(compose, _place, findings)
        return tuple(redact(_told(problem), wanted.content.env.values()) for problem in findings.errors)

    def missing_externals(self, wanted: WantedStack) -> tuple[str, ...]:
        """Return which networks and volumes are missing that somebody else has to make."""
        return self._externals.missing(_compose(wanted))

    def missing_images(self, wanted: WantedStack, recorded: str) -> tuple[str, ...]:
        """Fetch the images that are missing, and return why some are still; `recorded` is why in an earlier run."""
        return self._images.missing(_compose(wanted), recorded)

    def conflicts(
        self, wanted: WantedStack, record: StackRecord | None, leaving: Collection[str] = (), *, take_over: bool
    ) -> tuple[str, ...]:
        """Return what others on the engine hold of its names and ports, as it is now, and whose the project is.

        What `leaving` projects hold is no obstacle: they make room.
        """
        compose = _compose(wanted)
        listed = self._docker.everything(at_most=0)
        holders = [_holder(item) for item in listed if item.project not in leaving]
        stacks = {item.name for item in self._stacks.all() if item.environment_id == wanted.environment_id}
        found = obstacles(wanted.project, compose, holders, stacks)
        reasons = [f"waiting: {item.text}" if item.need is Need.WAIT else item.text for item in found]
        refusal = "" if take_over else self._take_over.refusal(wanted, record, listed)
        return (*filter(None, [refusal]), *reasons)

    def refuse_paths(self, project: str, content: StackContent) -> None:
        """Refuse content of whose `configs` and `secrets` compose would make paths on the server.

        The content may be older than the rule: that of an earlier release, which is put back.
        """
        compose = _read(project, content, Findings(project))
        if compose is not None and (odd := paths_of_composes_choice(compose)):
            raise ProductError(
                f"the content is not sent, since {', '.join(odd)} would become a folder of the Portainer server",
                seen=f"{', '.join(odd)} without text",
                expected="text in each of them",
                next_step="give each of them `content`, then run again",
            )

    def holders(self, wanted: WantedStack) -> tuple[str, ...]:
        """Return the projects that hold what it needs."""
        listed = [_holder(item) for item in self._docker.everything(at_most=0)]
        needed = needed_of(wanted.project, _compose(wanted), listed)
        return tuple(dict.fromkeys(project for project, _ in needed if project))

    def clear_the_way(self, project: str, content: StackContent) -> None:
        """Remove containers of the stack's own former services that hold what it needs now, and wake what is paused.

        Compose does not start what is paused: its deploy would fail. Content that cannot be read may need anything.
        """
        compose, listed = _read(project, content, Findings(project)), self._docker.everything()
        names = in_the_way(project, compose, [_holder(item) for item in listed]) if compose else ()
        for item in listed:
            if item.name in names:
                self._docker.remove(item.id)
            elif item.project == project and item.state == "paused":
                self._docker.unpause(item.id)


def _holder(item: ListedContainer) -> Holder:
    ports = tuple((port.number, port.protocol, port.address) for port in item.ports)
    return Holder(item.name, item.project, item.service, ports)


def _compose(wanted: WantedStack) -> Compose:
    compose = _read(wanted.project, wanted.content, Findings(wanted.project))
    if compose is None:
        raise ProductError(
            f"the compose text of {wanted.project} cannot be read",
            next_step="docker compose config   (in its folder says why)",
        )
    return compose


def _read(project: str, content: StackContent, findings: Findings) -> Compose | None:
    return read_compose(content.compose, with_project(content.env, project), _place, findings)


def _place(*path: Any) -> Location:
    return Location(Path("the text to deploy"), None, ".".join(map(str, path)))


def _told(problem: Problem) -> str:
    parts = (problem.message, f"seen: {problem.seen}" if problem.seen else "", problem.expected)
    return "; ".join(part for part in parts if part)
