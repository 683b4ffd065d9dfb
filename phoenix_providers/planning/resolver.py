"""What the Proxmox node itself resolves with."""

from __future__ import annotations

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.site_plan import Resolver

_MOST_SERVERS = 3


def resolver(configuration: Configuration, findings: Findings) -> Resolver | None:
    """Return the resolver; None when the site does not manage one."""
    declared = configuration.site.dns_server
    if not declared.enabled:
        return None
    place = configuration.locate("site", "dns_server", "upstream_servers")
    servers = declared.upstream_servers
    if not servers:
        findings.warning("dns_server names no upstream_servers, so the node's resolver is left alone", place)
        return None
    if len(servers) > _MOST_SERVERS:
        findings.warning(
            f"Proxmox holds {_MOST_SERVERS} name servers; the others are left out",
            place,
            seen=", ".join(servers[_MOST_SERVERS:]),
        )
    return Resolver(configuration.site.domain_name, servers[:_MOST_SERVERS])
