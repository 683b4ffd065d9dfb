"""A stack that shall go, of which Portainer knows nothing any more, since it was set up anew: its containers run on."""

from __future__ import annotations

import sys

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.operations.clients_of_run import PortainerAccess
from phoenix_providers.planning.stacks.preflight import made_by_portainer


def remove_unrecorded(access: PortainerAccess, project: str, environment: str, number: int = 0) -> None:
    """Remove the containers that the former Portainer made; volumes stay. Those of a new record are somebody's again.

    The environment goes by its number, if that is one of this Portainer, or by its name.

    Raises:
        UnreachableError: The engine does not answer.
    """
    present = access.environments.all()
    found = next((item for item in present if item.id == number or (not number and item.name == environment)), None)
    if found is None:
        print(
            f"warning: {project}: Portainer knows neither it nor an environment {environment!r}; what of it runs on "
            "that machine goes on running",
            file=sys.stderr,
        )
        return
    if any((item.name, item.environment_id) == (project, found.id) for item in access.stacks.fresh()):
        return
    remove_containers(access.docker(found.id), project)


def remove_containers(docker: DockerProxy, project: str) -> bool:
    """Remove what Portainer has made of a project, and return whether there was anything."""
    found = [item for item in docker.listed(project, at_most=0) if made_by_portainer(item.config_files) is not None]
    for item in found:
        docker.remove(item.id)
    return bool(found)
