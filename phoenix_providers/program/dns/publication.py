"""Step 4, names: resolvers of the nodes, and records where the back end wants them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import pulumi

from phoenix_providers.planning.site_plan import NodePlan
from phoenix_providers.program.dns.backends.declaring import Declaring
from phoenix_providers.program.dns.backends.table import DECLARING
from phoenix_providers.program.plugin_classes import DnsLegacy
from phoenix_providers.program.proxmox_place import Place, Places
from phoenix_providers.program.site import Site


def declare(site: Site, places: Places, firewall: Iterable[pulumi.Resource]) -> list[pulumi.Resource]:
    """Declare all of it behind the gates and guards.

    A hosts file that is no longer ours is given back only after another back end has the records, and these are
    delivered behind the firewall: it may have kept us away from there.
    """
    backend = DECLARING[site.plan.publication.backend]
    elsewhere = backend.elsewhere(site, [*places.guards, *firewall])
    by_name = {node.name: node for node in site.plan.nodes}
    files = [_node(site, by_name[scope.node], places.of(scope), backend, elsewhere) for scope in places.nodes]
    return [*elsewhere, *chain.from_iterable(files)]


def _node(
    site: Site, node: NodePlan, place: Place, backend: Declaring, elsewhere: list[pulumi.Resource]
) -> list[pulumi.Resource]:
    backend.on_node(site, node, place)
    resolver = f"resolver@{node.name}"
    if node.resolver is not None and site.declares(resolver):
        place.add(
            DnsLegacy(
                resolver,
                node_name=node.name,
                domain=node.resolver.domain,
                servers=list(node.resolver.servers),
                opts=place.behind_guards(),
            )
        )
    return place.last(elsewhere)
