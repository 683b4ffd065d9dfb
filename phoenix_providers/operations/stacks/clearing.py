"""Removing, right before a stack is sent, what its own former services hold of what it needs now."""

from __future__ import annotations

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.operations.stacks.holders import as_holder
from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.preflight import in_the_way


class Clearing:
    """The containers of one environment's engine; never a volume."""

    def __init__(self, docker: DockerProxy) -> None:
        self._docker = docker

    def clear_the_way(self, project: str, content: StackContent) -> None:
        """Remove containers of the stack's own former services that hold what it needs now, and wake what is paused.

        Compose does not start what is paused: its deploy would fail. Content that cannot be read may need anything.
        """
        compose, listed = content.read(project).compose, self._docker.everything()
        names = in_the_way(project, compose, [as_holder(item) for item in listed]) if compose else ()
        for item in listed:
            if item.name in names:
                self._docker.remove(item.id)
            elif item.project == project and item.state == "paused":
                self._docker.unpause(item.id)
