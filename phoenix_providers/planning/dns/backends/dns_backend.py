"""What the rest of the program has to know of a back end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phoenix_providers.planning.firewall.connections.product_connections import Product
from phoenix_providers.planning.site_plan import DnsPublication, DnsRecord

if TYPE_CHECKING:
    from phoenix_providers.models.configuration import Configuration
    from phoenix_providers.models.consumer import Consumer
    from phoenix_providers.models.engine_properties import StoredProperties
    from phoenix_providers.planning.findings import Findings

SETTING = "dns_server.target"


@dataclass(frozen=True)
class RecordsTarget:
    """Where a back end's records are delivered to, other than the nodes' hosts files; the site file says which.

    Attributes:
        check: The input of the readiness gate that has it, and the name of the check there.
        connection: The name of the connection that delivers, as `phoenix:allowCut` takes it.
        what: What that connection is.
        folder: What is checked for readiness, in the words of messages.
        consumer: Who reads the files there.
    """

    check: str
    connection: str
    what: str
    folder: str
    consumer: Consumer


class DnsBackend(ABC):
    """One word of `dns_server.backend`.

    Attributes:
        name: That word.
        publishes: Whether records are published at all.
        owns_hosts_files: Whether records go to the hosts files of the Proxmox nodes, which are ours then.
        silence_is_failure: Whether a run fails when a record is not answered; else it warns.
        told_by: The output of the resource of `recorded_as` that tells the names; empty if there is none.
        target: Where records are delivered to; None where that is nowhere but the nodes.
    """

    name: str
    publishes = True
    owns_hosts_files = False
    silence_is_failure = False
    told_by = ""
    target: RecordsTarget | None = None

    def publication(
        self, _configuration: Configuration, _records: Iterable[DnsRecord], _findings: Findings
    ) -> DnsPublication:
        """Return what is delivered to the target; nothing, and an error, where the files do not say where it is."""
        return DnsPublication(self.name)

    def products(self, configuration: Configuration) -> tuple[Product, ...]:
        """Return whom the sync has to reach to deliver records."""
        address = configuration.site.dns_server.target
        return (Product(self.target.connection, self.target.what, address),) if self.target and address else ()

    def recorded_as(self, _node: str) -> str:
        """Return the name of the resource that has what was published; empty where nothing is."""
        return ""

    def published(self, _outputs: StoredProperties) -> dict[str, str] | None:
        """Return the address of each name from that resource's outputs; None where they do not tell."""
        return {}

    @abstractmethod
    def advice(self, host: str) -> str:
        """Return the next command where records are not answered by the server at this address."""
