"""What publishes DNS records."""

from __future__ import annotations

from phoenix_providers.cli.site_view.known import KnownFiles

_KINDS = ("HostsLegacy", "DnsmasqRecords")


def publishers(known: KnownFiles) -> frozenset[str]:
    """Return the names in the state of what publishes them, and those of what will."""
    stored = (name for kind in _KINDS for name in known.stored.of_kind(kind))
    return frozenset((*stored, *(f"hosts@{node.name}" for node in known.plan.nodes if node.hosts)))
