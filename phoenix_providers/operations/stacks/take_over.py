"""A project that somebody else looks after: taken over if that changes nothing, else refused."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.docker.records import ComposeObject, ListedContainer
from phoenix_providers.clients.portainer.records import StackRecord
from phoenix_providers.clients.portainer.server_state import ServerState
from phoenix_providers.planning.compose.config_hash.project_hash import ExpectedProject, expected_project
from phoenix_providers.planning.compose.config_hash.unknown import UnknownShapeError
from phoenix_providers.planning.stacks.content import WantedStack
from phoenix_providers.planning.stacks.preflight import made_by_portainer
from phoenix_providers.planning.stacks.silent_take_over import FoundContainer, FoundObject, FoundProject, changes

_AGREE = "agree: pulumi config set phoenix:takeOver NAME@VMID   (several: with commas)"


class ProjectTakeOver:
    """Looks only; Portainer takes a project over by deploying a stack of its name."""

    def __init__(self, docker: DockerProxy, server: ServerState) -> None:
        self._docker = docker
        self._server = server

    def refusal(self, wanted: WantedStack, record: StackRecord | None, listed: Sequence[ListedContainer]) -> str:
        """Return why a running project is not taken over without asking; empty when it is, or when there is none."""
        if record is not None:
            return _cut_loose(record) if record.from_git else ""
        own = [item for item in listed if item.project == wanted.project and not item.one_off]
        foreign = [item for item in own if made_by_portainer(item.config_files) is None]
        if not foreign:
            return ""
        reasons = self._reasons(wanted, own)
        if not reasons:
            print(f"{wanted.project}: was started outside Portainer, and is taken over as it runs", file=sys.stderr)
            return ""
        names = ", ".join(sorted(item.name for item in foreign))
        return (
            f"a project of this name was started outside Portainer (containers {names}), and taking it over may "
            f"restart or remove containers: {'; '.join(reasons)}"
            f"\n  next:     make the files say what runs, or {_AGREE}   (or stop that project)"
        )

    def _reasons(self, wanted: WantedStack, own: Sequence[ListedContainer]) -> tuple[str, ...]:
        content = wanted.content
        try:
            expected = expected_project(wanted.project, content.read(wanted.project), content.env, self._server.version)
        except UnknownShapeError as error:
            return (f"what compose makes of {error} is not known for certain",)
        return changes(wanted.project, expected, self._found(expected, own))

    def _found(self, expected: ExpectedProject, own: Sequence[ListedContainer]) -> FoundProject:
        return FoundProject(
            tuple(
                FoundContainer(item.service, item.name, item.state, item.config_hash, item.made_from, item.networks)
                for item in own
            ),
            {service.image: self._docker.image_id(service.image) for service in expected.services},
            _by_name(self._docker.networks()),
            _by_name(self._docker.volumes()) if expected.volumes else {},
        )


def _cut_loose(record: StackRecord) -> str:
    return (
        f"Portainer's stack {record.name} is deployed from a git repository, differs from the files, and would be cut "
        f"loose from there\n  next:     take it out of the files, or {_AGREE}"
    )


def _by_name(objects: Iterable[ComposeObject]) -> dict[str, FoundObject]:
    return {item.name: FoundObject(item.id, item.project, item.key, item.config_hash) for item in objects}
