"""Looking at everything that could make a deploy fail, before it is sent; nothing is changed by that.

Fetching images (`image_fetching`), and removing what is in the way (`clearing`), belong to sending.
"""

from __future__ import annotations

from collections.abc import Collection

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.portainer.records import StackRecord
from phoenix_providers.clients.portainer.server_state import ServerState
from phoenix_providers.clients.portainer.stacks import PortainerStacks
from phoenix_providers.errors import ProductError
from phoenix_providers.models.problem import Problem
from phoenix_providers.operations.stacks.externals import Externals
from phoenix_providers.operations.stacks.holders import as_holder
from phoenix_providers.operations.stacks.lookup import RECENT_SECONDS
from phoenix_providers.operations.stacks.take_over import ProjectTakeOver
from phoenix_providers.planning.compose.compose_reading import place_in_text
from phoenix_providers.planning.compose.specification.file_objects import paths_of_composes_choice
from phoenix_providers.planning.compose.specification.reading import check_specification
from phoenix_providers.planning.compose.unsupported import refuse
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.stacks.content import StackContent, WantedStack
from phoenix_providers.planning.stacks.preflight import Need, needed_of, obstacles


class Preflight:
    """Facts for one stack on one environment."""

    def __init__(self, stacks: PortainerStacks, docker: DockerProxy, server: ServerState) -> None:
        self._stacks = stacks
        self._docker = docker
        self._take_over = ProjectTakeOver(docker, server)
        self._externals = Externals(docker)

    def faults(self, wanted: WantedStack) -> tuple[str, ...]:
        """Return what is wrong with the content itself."""
        reading = wanted.content.read(wanted.project)
        findings = Findings(wanted.project, list(reading.problems))
        if reading.compose is not None:
            refuse(reading.compose, place_in_text, findings)
            check_specification(reading.compose, place_in_text, findings)
        return tuple(redact(_told(problem), wanted.content.env.values()) for problem in findings.errors)

    def missing_externals(self, wanted: WantedStack) -> tuple[str, ...]:
        """Return which networks and volumes are missing that somebody else has to make."""
        return self._externals.missing(wanted.compose)

    def conflicts(
        self, wanted: WantedStack, record: StackRecord | None, leaving: Collection[str] = (), *, take_over: bool
    ) -> tuple[str, ...]:
        """Return what others on the engine hold of its names and ports, as it is now, and whose the project is.

        What was deployed or removed by us a moment ago is in the list; it ends with each of our writes.

        What `leaving` projects hold is no obstacle: they make room.
        """
        compose = wanted.compose
        listed = self._docker.everything(at_most=RECENT_SECONDS)
        holders = [as_holder(item) for item in listed if item.project not in leaving]
        stacks = {item.name for item in self._stacks.all() if item.environment_id == wanted.environment_id}
        found = obstacles(wanted.project, compose, holders, stacks)
        reasons = [f"waiting: {item.text}" if item.need is Need.WAIT else item.text for item in found]
        refusal = "" if take_over else self._take_over.refusal(wanted, record, listed)
        return (*filter(None, [refusal]), *reasons)

    def refuse_paths(self, project: str, content: StackContent) -> None:
        """Refuse content of whose `configs` and `secrets` compose would make paths on the server.

        The content may be older than the rule: that of an earlier release, which is put back.
        """
        compose = content.read(project).compose
        if compose is not None and (odd := paths_of_composes_choice(compose)):
            raise ProductError(
                f"the content is not sent, since {', '.join(odd)} would become a folder of the Portainer server",
                seen=f"{', '.join(odd)} without text",
                expected="text in each of them",
                next_step="give each of them `content`, then run again",
            )

    def holders(self, wanted: WantedStack) -> tuple[str, ...]:
        """Return the projects that hold what it needs."""
        listed = [as_holder(item) for item in self._docker.everything(at_most=0)]
        needed = needed_of(wanted.project, wanted.compose, listed)
        return tuple(dict.fromkeys(project for project, _ in needed if project))


def _told(problem: Problem) -> str:
    parts = (problem.message, f"seen: {problem.seen}" if problem.seen else "", problem.expected)
    return "; ".join(part for part in parts if part)
