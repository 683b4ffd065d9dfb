"""Containers as the ones who hold names and ports."""

from __future__ import annotations

from phoenix_providers.clients.docker.records import ListedContainer
from phoenix_providers.planning.stacks.preflight import Holder


def as_holder(item: ListedContainer) -> Holder:
    """Return a container the way it is judged by what it holds."""
    ports = tuple((port.number, port.protocol, port.address) for port in item.ports)
    return Holder(item.name, item.project, item.service, ports)
