"""The site file: domain, network, DNS, firewall, Portainer address."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr

from phoenix_providers.models.addresses import address, interface_or
from phoenix_providers.models.base import FileModel, Name, Port
from phoenix_providers.models.firewall import SiteFirewall


class Interfaces(FileModel):
    """The Proxmox host's own network; `address` is "10.0.0.13/24"."""

    address: Annotated[str | None, BeforeValidator(interface_or())] = None


class Network(FileModel):
    """Addresses and ports of the site."""

    portainer_server_ip: str | None = None
    portainer_server_port: Port = 9443
    portainer_agent_port: Port = 9001
    interfaces: Interfaces = Interfaces()


class StaticHost(FileModel):
    """A line of the node's hosts file that is kept although nothing here derives it."""

    address: Annotated[str, BeforeValidator(address)]
    hostnames: Annotated[tuple[Name, ...], Field(min_length=1)]


class DnsServer(FileModel):
    """The resolver that the Proxmox node uses; `static_hosts` are names outside of the domain, in order."""

    enabled: bool = False
    upstream_servers: tuple[str, ...] = ()
    static_hosts: tuple[StaticHost, ...] = ()


class PortainerApi(FileModel):
    """Sign-in as old files have it; a password here is accepted with a warning and never shown."""

    admin_user: str | None = None
    admin_password: SecretStr | None = None
    portainer_hostname: str | None = None


class Site(FileModel):
    """The whole site file. The old spelling has the firewall under `shared_volumes.firewall`; the loader lifts it."""

    domain_name: Name
    network: Network = Network()
    dns_server: DnsServer = DnsServer()
    firewall: SiteFirewall = SiteFirewall()
    portainer_api: PortainerApi = PortainerApi()
