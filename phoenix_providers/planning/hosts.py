"""The node's hosts file, which the provider replaces as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_interface

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.site_plan import DnsRecord, HostsEntry

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
    configuration: Configuration, records: Iterable[DnsRecord], findings: Findings
) -> tuple[HostsEntry, ...]:
    """Return all lines: the system's, the node's own, then one per address, then what the site file adds.

    Empty, with an error, when the node's own address is not known: without its own line Proxmox loses its name.
    """
    interface = configuration.site.network.interfaces.address
    node, domain = configuration.settings.node, configuration.site.domain_name
    if interface is None:
        findings.error(
            f"the address of the node {node} is not known, and its hosts file needs it",
            configuration.locate("site", "network", "interfaces", "address"),
            seen="no `network.interfaces.address`",
            expected='`network.interfaces.address`, for example "10.0.0.13/24"',
        )
        return ()
    own_address = str(ip_interface(interface).ip)
    own_names = [f"{node}.{domain}", node]
    by_address: dict[str, list[str]] = {}
    for record in records:
        if record.hostname not in own_names:
            by_address.setdefault(record.ip, []).append(record.hostname)
    own_names += by_address.pop(own_address, [])
    others = (HostsEntry(address, tuple(by_address[address])) for address in sorted(by_address, key=_numeric))
    static = (HostsEntry(entry.address, entry.hostnames) for entry in configuration.site.dns_server.static_hosts)
    return (_LOCALHOST, HostsEntry(own_address, tuple(own_names)), *_IPV6, *others, *static)


def _numeric(address: str) -> tuple[int, int]:
    parsed = ip_address(address)
    return parsed.version, int(parsed)
