"""Needed connections that carry nothing yet: nobody who would open them knows the other end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.firewall.connections.needed_connections import backend_names
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.planning.site_plan import Connection, SitePlan

_USUAL = {"http": 80, "https": 443, "h2c": 80}
_HOST_AND_PORT = re.compile(r"\[?[\w.:-]+\]?:\d+")


def in_use(plan: SitePlan, recorded: Recorded) -> frozenset[str]:
    """Return the names of back ends and agents that something may lead to already, by what the state has."""
    routes = [*recorded.routes.values(), *(stack.routes for stack in recorded.stacks.values())]
    if "traefik-infrastructure" in recorded.names:
        routes.append(plan.infrastructure)
    agents = (one for one in plan.environments if one.resource_name in recorded.names)
    return backend_names(routes, plan.guest_addresses) | {f"agent@{one.vmid}" for one in agents}


def leads_to(connection: Connection, known: object) -> bool:
    """Whether whatever somebody has configured may lead to where a connection ends; a host's name may be anybody's.

    Args:
        connection: What is asked.
        known: Texts, in lists and maps.
    """
    return any(_may_be(connection, text) for text in _texts(known))


def _may_be(connection: Connection, text: str) -> bool:
    if "://" not in text and not _HOST_AND_PORT.fullmatch(text):
        return False
    try:
        parts = urlsplit(text if "://" in text else f"tcp://{text}")
        port = parts.port or _USUAL.get(parts.scheme, connection.port)
    except ValueError:
        return False
    host = parts.hostname or ""
    return bool(host) and port == connection.port and (host == connection.dest or not is_address(host))


def _texts(known: object) -> Iterator[str]:
    if isinstance(known, str):
        yield known
    elif isinstance(known, Mapping):
        yield from (text for each in known.items() for one in each for text in _texts(one))
    elif isinstance(known, Iterable):
        yield from (text for one in known for text in _texts(one))
