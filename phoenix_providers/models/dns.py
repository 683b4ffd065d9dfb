"""Names and resolvers, as the site file says them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from phoenix_providers.models.addresses import address
from phoenix_providers.models.base import FileModel, Name
from phoenix_providers.models.delivery_target import delivery_target

Address = Annotated[str, BeforeValidator(address)]
# Each stands in the table of `planning/dns/backends/`, which a test compares.
DnsBackendName = Literal["hosts", "dnsmasq", "none"]


class StaticHost(FileModel):
    """A line of hosts files that is kept although nothing here derives it."""

    address: Address
    """The IP in front of the line."""
    hostnames: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Its names."""


class DnsServer(FileModel):
    """The DNS server of the site, and how it gets the records."""

    enabled: bool = False
    """Whether the guests ask the Proxmox host for names; then no rule may cut them off from it."""
    upstream_servers: tuple[str, ...] = ()
    """Whom dnsmasq itself asks, as its own configuration says; never written to a node (see `resolver`)."""
    static_hosts: tuple[StaticHost, ...] = ()
    """Lines that are kept beside the records: names outside of the domain, in order."""
    backend: DnsBackendName = "hosts"
    """Where records go: the hosts files of the Proxmox nodes, or a file in a directory that dnsmasq watches; `none`: no
    record is published, and hosts files stay as they are."""
    target: Annotated[str | None, BeforeValidator(delivery_target)] = None
    """That directory (dnsmasq's hostsdir): a path, ssh://user@host/dir, or pct://user@proxmox-host/CTID/dir."""


class NodeResolver(FileModel):
    """What the Proxmox nodes themselves resolve with (their resolv.conf)."""

    servers: tuple[Address, ...] = ()
    """Name servers, at most three; without any the nodes keep what they have."""
