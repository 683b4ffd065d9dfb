"""A project's name at servers up to 2.39, which a record elsewhere and containers without a record hold together."""

from __future__ import annotations

import sys
from collections.abc import Set

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.portainer.environments import PortainerEnvironments
from phoenix_providers.clients.portainer.stacks import PortainerStacks
from phoenix_providers.errors import ProductError
from phoenix_providers.planning.stacks.preflight import made_by_portainer


class HeldName:
    """Lets go of a name that is refused although nobody else has it on this engine.

    Where one project runs on two machines, a Portainer that lost its data takes the first one back, and refuses the
    second: it takes that machine's containers for those of the first one's record.
    """

    def __init__(self, stacks: PortainerStacks, environments: PortainerEnvironments, docker: DockerProxy) -> None:
        self._stacks = stacks
        self._environments = environments
        self._docker = docker

    def let_go(self, project: str, environment_id: int) -> bool:
        """Remove the project's containers, which are made anew at once, and return whether that was to be done.

        Only what Portainer itself made is removed, and only if every record of the name is on another Docker engine.
        """
        listed = self._docker.listed(project, at_most=0)
        if not listed or any(made_by_portainer(item.config_files) is None for item in listed):
            return False
        if not self._is_held_elsewhere(project, environment_id, {item.id for item in listed}):
            return False
        print(
            f"{project}: Portainer takes its containers for those of the stack of this name on another machine; they "
            "are removed and made anew, their volumes stay",
            file=sys.stderr,
        )
        for item in listed:
            self._docker.remove(item.id)
        return True

    def _is_held_elsewhere(self, project: str, environment_id: int, containers: Set[str]) -> bool:
        """Whether every record of the name is on an engine that has none of these containers.

        An engine's own identifier does not tell: machines that were cloned share it.
        """
        named = [item for item in self._stacks.fresh() if item.name == project]
        if not named or any(item.environment_id == environment_id for item in named):
            return False
        present = {item.id for item in self._environments.fresh()}
        try:
            return all(
                item.environment_id in present
                and containers.isdisjoint(other.id for other in self._docker.beside(item.environment_id).everything())
                for item in named
            )
        except ProductError:
            # Who does not answer may be the same engine.
            return False
