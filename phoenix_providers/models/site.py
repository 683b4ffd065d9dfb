"""The site file: domain, network, DNS, firewall, Portainer address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, SecretStr, WithJsonSchema

from phoenix_providers.models.addresses import interface_or, interface_schema
from phoenix_providers.models.base import FileModel, Name, Port
from phoenix_providers.models.dns import DnsServer, NodeResolver, StaticHost
from phoenix_providers.models.firewall import SiteFirewall
from phoenix_providers.models.registry import PrivateRegistry

Interface = Annotated[str | None, BeforeValidator(interface_or()), WithJsonSchema(interface_schema())]


class Interfaces(FileModel):
    """The Proxmox host's own network."""

    address: Interface = None
    """The Proxmox host's address with the prefix length, such as 10.0.0.13/24."""


class ProxmoxNode(FileModel):
    """A node of the Proxmox cluster whose hosts file and resolver are kept too."""

    address: Interface = None
    """Its address, with or without the prefix length; of the node phoenix:node it is `network.interfaces.address`."""
    static_hosts: tuple[StaticHost, ...] = ()
    """Lines that this node's hosts file keeps, in order, behind those of dns_server."""


class Network(FileModel):
    """Addresses and ports of the site."""

    portainer_server_ip: str | None = None
    """Address of Portainer's server."""
    portainer_server_port: Port = 9443
    """Port of Portainer's server."""
    portainer_agent_port: Port = 9001
    """Port of Portainer's agents."""
    interfaces: Interfaces = Interfaces()
    """The Proxmox host's own network."""
    nodes: Mapping[Name, ProxmoxNode] = {}
    """More nodes of the Proxmox cluster, by name."""


class PortainerApi(FileModel):
    """How to sign in to Portainer."""

    admin_user: str | None = None
    """Portainer's administrator; default: admin."""
    admin_password: SecretStr | None = None
    """A password in clear, as existing files have it: accepted with a warning, and never shown."""
    portainer_hostname: str | None = None
    """Portainer's name, for people; the sync goes by address."""


class SiteFile(FileModel):
    """The whole site file. The old spelling has the firewall under `shared_volumes.firewall`; the loader lifts it."""

    domain_name: Name
    """All names that the sync publishes end in this domain."""
    network: Network = Network()
    """Addresses and ports of the site."""
    dns_server: DnsServer = DnsServer()
    """The DNS server of the site, and how it gets the records."""
    resolver: NodeResolver = NodeResolver()
    """What the Proxmox nodes themselves resolve with."""
    firewall: SiteFirewall = SiteFirewall()
    """The firewall of the whole site."""
    portainer_api: PortainerApi = PortainerApi()
    """How to sign in to Portainer."""
    registries: tuple[PrivateRegistry, ...] = ()
    """Private registries of images; Portainer signs in to them for the stacks that use them."""
