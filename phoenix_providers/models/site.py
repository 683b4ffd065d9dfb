"""The site file: domain, network, DNS, firewall, Portainer address."""

from __future__ import annotations

from phoenix_providers.models.base import FileModel
from phoenix_providers.models.firewall import SiteFirewall


class Interfaces(FileModel):
    """The Proxmox host's own network; `address` is "10.0.0.13/24"."""

    address: str | None = None


class Network(FileModel):
    """Addresses and ports of the site."""

    portainer_server_ip: str | None = None
    portainer_server_port: int = 9443
    portainer_agent_port: int = 9001
    interfaces: Interfaces = Interfaces()


class DnsServer(FileModel):
    """The resolver that the Proxmox node uses."""

    enabled: bool = False
    upstream_servers: tuple[str, ...] = ()


class PortainerApi(FileModel):
    """Sign-in as old files have it; a password here is accepted with a warning and never stored."""

    admin_user: str | None = None
    admin_password: str | None = None
    portainer_hostname: str | None = None


class Site(FileModel):
    """The whole site file. The old spelling has the firewall under `shared_volumes.firewall`; the loader lifts it."""

    domain_name: str
    network: Network = Network()
    dns_server: DnsServer = DnsServer()
    firewall: SiteFirewall = SiteFirewall()
    portainer_api: PortainerApi = PortainerApi()
