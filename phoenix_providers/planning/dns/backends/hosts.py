"""The back end `hosts`: hosts files of the Proxmox nodes, which a DNS server there may answer from.

Nobody tells that server of a change, so a record that is not answered is not our doing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phoenix_providers.planning.dns.backends.dns_backend import DnsBackend

if TYPE_CHECKING:
    from phoenix_providers.models.engine_properties import StoredProperties


class Hosts(DnsBackend):
    """All records on every node."""

    name = "hosts"
    owns_hosts_files = True
    told_by = "entry"

    def recorded_as(self, node: str) -> str:
        """Return the hosts file of one node: all have the same records."""
        return f"hosts@{node}"

    def published(self, outputs: StoredProperties) -> dict[str, str] | None:
        """Read the lines of the file."""
        entries = outputs.get(self.told_by)
        if not isinstance(entries, list):
            return None
        return {str(name): str(entry.get("address")) for entry in entries for name in entry.get("hostnames") or ()}

    def advice(self, host: str) -> str:
        """Let the server read the file again."""
        return (
            f"ssh root@{host} systemctl reload dnsmasq   (or there: pkill -HUP dnsmasq; it reads the hosts file again)"
        )
