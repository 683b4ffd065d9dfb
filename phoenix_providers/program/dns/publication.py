"""Step 4, names: hosts files and resolvers of the nodes, or dnsmasq's file."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import pulumi
import pulumi_proxmoxve as proxmoxve

from phoenix_providers.planning.dns.dnsmasq import RECORDS_FILE
from phoenix_providers.planning.site_plan import NodePlan
from phoenix_providers.program.proxmox_place import Place, Places
from phoenix_providers.program.site import Site, after
from phoenix_providers.resources.dnsmasq_records import DnsmasqRecords


def declare(site: Site, places: Places, firewall: Iterable[pulumi.Resource]) -> list[pulumi.Resource]:
    """Declare all of it behind the gates and guards.

    A hosts file that is no longer ours is given back only after dnsmasq has the records, and these are delivered behind
    the firewall: it may have kept us away from there.
    """
    dnsmasq = _dnsmasq(site, [*places.guards, *firewall])
    by_name = {node.name: node for node in site.plan.nodes}
    files = [_node(site, by_name[scope.node], places.of(scope), dnsmasq) for scope in places.nodes]
    return [*dnsmasq, *chain.from_iterable(files)]


def _dnsmasq(site: Site, before: Iterable[pulumi.Resource]) -> list[pulumi.Resource]:
    """Declare the file behind all guards: a refused run must not have changed DNS."""
    if site.plan.dnsmasq is None or not site.declares("dnsmasq"):
        return []
    text, options = site.plan.dnsmasq.text, after(before)
    return [DnsmasqRecords("dnsmasq", target=site.dnsmasq_target, file=RECORDS_FILE, text=text, opts=options)]


def _node(site: Site, node: NodePlan, place: Place, dnsmasq: list[pulumi.Resource]) -> list[pulumi.Resource]:
    hosts, resolver = f"hosts@{node.name}", f"resolver@{node.name}"
    if node.hosts and site.declares(hosts):
        entries = [{"address": entry.address, "hostnames": list(entry.names)} for entry in node.hosts]
        place.add(proxmoxve.HostsLegacy(hosts, node_name=node.name, entry=entries, opts=place.behind_guards()))
    if node.resolver is not None and site.declares(resolver):
        place.add(
            proxmoxve.DnsLegacy(
                resolver,
                node_name=node.name,
                domain=node.resolver.domain,
                servers=list(node.resolver.servers),
                opts=place.behind_guards(),
            )
        )
    return place.last(dnsmasq)
