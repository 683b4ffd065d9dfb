"""What the Proxmox nodes themselves resolve with."""

from __future__ import annotations

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.site_plan import Resolver

_MOST_SERVERS = 3


def resolver(configuration: Configuration, findings: Findings) -> Resolver | None:
    """Return the resolver; None when the site declares none.

    `dns_server.upstream_servers` is no source of it: that is whom dnsmasq asks, not whom the node asks.
    """
    servers = configuration.site.resolver.servers
    if not servers:
        return None
    if len(servers) > _MOST_SERVERS:
        findings.warning(
            f"Proxmox holds {_MOST_SERVERS} name servers; the others are left out",
            configuration.locate("site", "resolver", "servers"),
            seen=", ".join(servers[_MOST_SERVERS:]),
        )
    return Resolver(configuration.site.domain_name, servers[:_MOST_SERVERS])
