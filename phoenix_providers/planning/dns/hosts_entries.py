"""A node's hosts file, which the provider replaces as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING

from phoenix_providers.planning.site_plan import DnsRecord, HostsEntry

if TYPE_CHECKING:
    from phoenix_providers.models.configuration import Configuration

_LOCALHOST = HostsEntry("127.0.0.1", ("localhost.localdomain", "localhost"))
# As on a fresh Proxmox node.
_IPV6 = (
    HostsEntry("::1", ("ip6-localhost", "ip6-loopback")),
    HostsEntry("fe00::0", ("ip6-localnet",)),
    HostsEntry("ff00::0", ("ip6-mcastprefix",)),
    HostsEntry("ff02::1", ("ip6-allnodes",)),
    HostsEntry("ff02::2", ("ip6-allrouters",)),
    HostsEntry("ff02::3", ("ip6-allhosts",)),
)


def hosts_entries(
    configuration: Configuration, node: str, addresses: Mapping[str, str], records: Iterable[DnsRecord]
) -> tuple[HostsEntry, ...]:
    """Return all lines: the system's, the node's own, then one per address, then what the site file adds.

    Args:
        configuration: What the files say.
        node: The node.
        addresses: Of all nodes, by name; they have to find each other without DNS.
        records: What is published.
    """
    domain = configuration.site.domain_name
    by_address: dict[str, list[str]] = {}
    for name, address in addresses.items():
        by_address.setdefault(address, []).extend([f"{name}.{domain}", name])
    taken = {name for names in by_address.values() for name in names}
    for record in records:
        if record.hostname not in taken:
            by_address.setdefault(record.ip, []).append(record.hostname)
    own = HostsEntry(addresses[node], tuple(by_address.pop(addresses[node])))
    others = (HostsEntry(address, tuple(by_address[address])) for address in sorted(by_address, key=_numeric))
    return (_LOCALHOST, own, *_IPV6, *others, *static_entries(configuration, node))


def static_entries(configuration: Configuration, node: str = "") -> tuple[HostsEntry, ...]:
    """Return the lines that the site file adds, for all nodes and for this one."""
    of_node = configuration.site.network.nodes.get(node)
    declared = (*configuration.site.dns_server.static_hosts, *(of_node.static_hosts if of_node else ()))
    return tuple(HostsEntry(entry.address, entry.hostnames) for entry in declared)


def _numeric(address: str) -> tuple[int, int]:
    parsed = ip_address(address)
    return parsed.version, int(parsed)
