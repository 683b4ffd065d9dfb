"""The site file: domain, network, DNS, firewall, Portainer address."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr, WithJsonSchema

from phoenix_providers.models.addresses import address, interface_or, interface_schema
from phoenix_providers.models.base import FileModel, Name, Port
from phoenix_providers.models.firewall import SiteFirewall
from phoenix_providers.models.registry import PrivateRegistry


class Interfaces(FileModel):
    """The Proxmox host's own network."""

    address: Annotated[str | None, BeforeValidator(interface_or()), WithJsonSchema(interface_schema())] = None
    """The Proxmox host's address with the prefix length, such as 10.0.0.13/24."""


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


class StaticHost(FileModel):
    """A line of the node's hosts file that is kept although nothing here derives it."""

    address: Annotated[str, BeforeValidator(address)]
    """The IP in front of the line."""
    hostnames: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Its names."""


class DnsServer(FileModel):
    """The resolver that the Proxmox node uses."""

    enabled: bool = False
    """Whether the sync sets the node's resolver."""
    upstream_servers: tuple[str, ...] = ()
    """Name servers, at most three."""
    static_hosts: tuple[StaticHost, ...] = ()
    """Lines of the node's hosts file that are kept: names outside of the domain, in order."""


class PortainerApi(FileModel):
    """How to sign in to Portainer."""

    admin_user: str | None = None
    """Portainer's administrator; default: admin."""
    admin_password: SecretStr | None = None
    """A password in clear, as existing files have it: accepted with a warning, and never shown."""
    portainer_hostname: str | None = None
    """Portainer's name, for people; the sync goes by address."""


class Site(FileModel):
    """The whole site file. The old spelling has the firewall under `shared_volumes.firewall`; the loader lifts it."""

    domain_name: Name
    """All names that the sync publishes end in this domain."""
    network: Network = Network()
    """Addresses and ports of the site."""
    dns_server: DnsServer = DnsServer()
    """The resolver of the Proxmox node."""
    firewall: SiteFirewall = SiteFirewall()
    """The firewall of the whole site."""
    portainer_api: PortainerApi = PortainerApi()
    """How to sign in to Portainer."""
    registries: tuple[PrivateRegistry, ...] = ()
    """Private registries of images; Portainer signs in to them for the stacks that use them."""
