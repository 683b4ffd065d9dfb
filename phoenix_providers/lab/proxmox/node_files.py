"""The two files of a node that the Proxmox API edits: resolv.conf and the hosts file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phoenix_providers.lab.hosts_directory import address_in

_SERVER_KEYS = ("dns1", "dns2", "dns3")


@dataclass
class NodeFiles:
    """What one node has on disk.

    Attributes:
        search: The search domain of resolv.conf.
        servers: Its name servers, up to three.
        hosts: The hosts file, verbatim.
    """

    search: str
    servers: list[str]
    hosts: str

    def resolver(self) -> dict[str, str]:
        """Return resolv.conf as the API shows it; a server that is not there has no key."""
        return {"search": self.search, **dict(zip(_SERVER_KEYS, self.servers, strict=False))}

    def set_resolver(self, values: Mapping[str, str]) -> None:
        """Write resolv.conf as Proxmox does: from what was sent alone, each server once."""
        sent = [values[key] for key in _SERVER_KEYS if values.get(key, "0.0.0.0") != "0.0.0.0"]
        self.search, self.servers = values["search"], list(dict.fromkeys(sent))

    def address_of(self, host_name: str) -> str | None:
        """Look a name up in the hosts file; the first line that has it wins."""
        return address_in(self.hosts, host_name.rstrip(".").lower())


def fresh_node_files(node: str, address: str, domain: str) -> NodeFiles:
    """Return the files of a node that has just been installed."""
    hosts = f"""\
127.0.0.1 localhost.localdomain localhost
{address} {node}.{domain} {node}

# The following lines are desirable for IPv6 capable hosts

::1     ip6-localhost ip6-loopback
fe00::0 ip6-localnet
ff00::0 ip6-mcastprefix
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
ff02::3 ip6-allhosts
"""
    return NodeFiles(search=domain, servers=["127.0.0.1"], hosts=hosts)
