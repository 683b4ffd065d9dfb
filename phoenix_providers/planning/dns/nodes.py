"""The Proxmox nodes and their own files: hosts file and resolver."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_interface

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.addresses import node_interfaces
from phoenix_providers.planning.dns.backends.table import backend_of
from phoenix_providers.planning.dns.hosts_entries import hosts_entries
from phoenix_providers.planning.dns.resolver import resolver
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.site_plan import DnsRecord, NodePlan


def node_plans(configuration: Configuration, records: Iterable[DnsRecord], findings: Findings) -> tuple[NodePlan, ...]:
    """Return the files of every node: the one of the settings first, then those of the site file in its order.

    Where hosts files are not ours they have no entries. Else it is an error when a node's address is not known:
    without its own line Proxmox loses its name.
    """
    interfaces = node_interfaces(configuration)
    names = tuple(interfaces)
    _mention_unknown(configuration, names, findings)
    declared = resolver(configuration, findings)
    if not backend_of(configuration).owns_hosts_files:
        return tuple(NodePlan(name, (), declared) for name in names)
    addresses = {name: str(ip_interface(found).ip) for name, found in interfaces.items() if found}
    for name in names:
        if name not in addresses:
            _report_missing(configuration, name, findings)
    published = tuple(records)
    return tuple(
        NodePlan(
            name,
            hosts_entries(configuration, name, addresses, published) if name in addresses else (),
            declared,
        )
        for name in names
    )


def _report_missing(configuration: Configuration, name: str, findings: Findings) -> None:
    if name == configuration.settings.node:
        place, key = configuration.locate("site", "network", "interfaces", "address"), "network.interfaces.address"
    else:
        place, key = configuration.locate("site", "network", "nodes", name), f"network.nodes.{name}.address"
    findings.error(
        f"the address of the node {name} is not known, and its hosts file needs it",
        place,
        seen=f"no `{key}`",
        expected=f'`{key}`, for example "10.0.0.13/24"',
        next_step="write the node's address there; on the node: hostname -I",
    )


def _mention_unknown(configuration: Configuration, names: tuple[str, ...], findings: Findings) -> None:
    """Say once of each node that only guests name what is not done on it."""
    told = set(names)
    for guest in configuration.guests:
        if guest.node and guest.node not in told:
            told.add(guest.node)
            findings.warning(
                f"{guest.name} is on the node {guest.node}, whose hosts file and resolver are left alone",
                configuration.locate(*guest.declared_at, "node"),
                seen=f"no network.nodes.{guest.node} in the site file",
                expected="the node there with its address, if it shall get records too",
                next_step=f"write network.nodes.{guest.node}.address into the site file, or mend the node's name",
            )
