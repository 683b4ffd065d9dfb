"""All back ends of DNS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from phoenix_providers.planning.dns.backends.dnsmasq import Dnsmasq
from phoenix_providers.planning.dns.backends.hosts import Hosts
from phoenix_providers.planning.dns.backends.none import NoRecords

if TYPE_CHECKING:
    from phoenix_providers.models.configuration import Configuration
    from phoenix_providers.models.engine_properties import StoredProperties
    from phoenix_providers.planning.dns.backends.dns_backend import DnsBackend, RecordsTarget

# After a change of the back end a state may have what two of them published: the first one that it has counts.
_ALL = (
    Dnsmasq(),
    Hosts(),
    NoRecords(),
)
BACKENDS: Mapping[str, DnsBackend] = {one.name: one for one in _ALL}


def backend_of(configuration: Configuration) -> DnsBackend:
    """Return the one that the site file names."""
    return BACKENDS[configuration.site.dns_server.backend]


def targets() -> tuple[RecordsTarget, ...]:
    """Return where any of them delivers to; a run has at most one."""
    return tuple(one.target for one in BACKENDS.values() if one.target is not None)


def published_names(outputs: Mapping[str, StoredProperties], node: str) -> dict[str, str] | None:
    """Return the address of each published name, by whichever back end; None where the state does not tell them.

    Args:
        outputs: Of each resource in the state, by name.
        node: The node whose hosts file is read; all have the same records.
    """
    for backend in BACKENDS.values():
        found = outputs.get(backend.recorded_as(node))
        if found is not None:
            return backend.published(found)
    return {}
