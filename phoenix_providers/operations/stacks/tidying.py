"""Removing containers of services that left a stack's file; on servers up to 2.39 nobody else does."""

from __future__ import annotations

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.errors import ProductError, UnreachableError
from phoenix_providers.operations.stacks.live_stack import LiveStack


class Tidier:
    """Removes containers only, and never their volumes."""

    def __init__(self, docker: DockerProxy) -> None:
        self._docker = docker

    def tidy(self, live: LiveStack) -> str:
        """Remove what is left over, and return why some of it stays; empty when nothing does."""
        reasons = (self._not_removed(item.id, item.name, item.service) for item in live.leftovers)
        return "\n".join(dict.fromkeys(filter(None, reasons)))

    def _not_removed(self, container_id: str, name: str, service: str) -> str:
        try:
            self._docker.remove(container_id)
        except UnreachableError as error:
            return f"{error.label}: {error}"
        except ProductError as error:
            return (
                f"{service} is not in the file any more, but its container {name} cannot be removed"
                f"\n  seen:     {error.explanation.seen}"
                f"\n  next:     on that machine: docker rm -f {name}   (its volumes stay)"
            )
        return ""
