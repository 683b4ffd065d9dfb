"""Step 4, names: hosts files and resolvers of the nodes, or dnsmasq's file with all records."""

from __future__ import annotations

import pulumi
import pulumi_proxmoxve as proxmoxve

from phoenix_providers.planning.site_plan import NodePlan
from phoenix_providers.program.proxmox_place import Place, Places
from phoenix_providers.program.site import Site


def declare(site: Site, places: Places) -> list[pulumi.Resource]:
    """Declare all of it behind the gates and guards."""
    by_name = {node.name: node for node in site.plan.nodes}
    return [resource for scope in places.nodes for resource in _node(site, by_name[scope.node], places.of(scope))]


def _node(site: Site, node: NodePlan, place: Place) -> list[pulumi.Resource]:
    hosts, resolver = f"hosts@{node.name}", f"resolver@{node.name}"
    if node.hosts and site.declares(hosts):
        entries = [{"address": entry.address, "hostnames": list(entry.names)} for entry in node.hosts]
        place.add(proxmoxve.HostsLegacy(hosts, node_name=node.name, entry=entries, opts=place.guarded()))
    if node.resolver is not None and site.declares(resolver):
        place.add(
            proxmoxve.DnsLegacy(
                resolver,
                node_name=node.name,
                domain=node.resolver.domain,
                servers=list(node.resolver.servers),
                opts=place.guarded(),
            )
        )
    return place.closed()
