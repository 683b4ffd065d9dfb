"""Looking for the networks and volumes of a stack that somebody else has to make, before it is sent."""

from __future__ import annotations

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.external_objects import ExternalObject, external_objects


class Externals:
    """Those of one environment's engine. Nothing is remembered of what is missing: the next run looks again."""

    def __init__(self, docker: DockerProxy) -> None:
        self._docker = docker

    def missing(self, compose: Compose) -> tuple[str, ...]:
        """Return what is not there, each with what makes it."""
        return tuple(_told(item) for item in external_objects(compose) if not self._is_there(item))

    def _is_there(self, item: ExternalObject) -> bool:
        if item.kind == "volume":
            return self._docker.has_volume(item.name)
        return self._docker.has_network(item.name)


def _told(item: ExternalObject) -> str:
    return (
        f"the {item.kind} {item.name}, which it declares as external, is not there; make it "
        f"(docker {item.kind} create {item.name}) or deploy the stack that makes it first; the next run looks again"
    )
