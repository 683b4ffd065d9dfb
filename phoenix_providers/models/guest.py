"""Guests: virtual machines and LXC containers."""

from __future__ import annotations

from ipaddress import ip_interface
from typing import Literal

from phoenix_providers.models.base import FileModel
from phoenix_providers.models.firewall import GuestFirewall


class NetworkConfig(FileModel):
    """A guest's network; `ip` is "10.0.0.111/24" or "dhcp"."""

    ip: str | None = None


class TraefikService(FileModel):
    """A service of the guest itself that Traefik shall route to."""

    name: str
    port: int


class StackReference(FileModel):
    """A stack that a VM runs; `environment` None means the site's (setting `environment`)."""

    name: str
    environment: str | None = None


class GuestDnsRecord(FileModel):
    """A record that a guest declares for itself; `ip` None means the guest's own address."""

    hostname: str
    ip: str | None = None


class Guest(FileModel):
    """What VMs and containers share."""

    name: str
    node: str | None = None
    network_config: NetworkConfig = NetworkConfig()
    traefik_service: TraefikService | None = None
    firewall: GuestFirewall = GuestFirewall()
    dependencies: tuple[int, ...] = ()
    dns_records: tuple[GuestDnsRecord, ...] = ()

    @property
    def id(self) -> int:
        """The number by which Proxmox knows the guest."""
        raise NotImplementedError

    @property
    def address(self) -> str | None:
        """The guest's IP without prefix length; None with DHCP."""
        if self.network_config.ip is None or self.network_config.ip.lower() == "dhcp":
            return None
        return str(ip_interface(self.network_config.ip).ip)


class VirtualMachine(Guest):
    """A VM; templates are left out everywhere (the loader drops them)."""

    vmid: int
    is_template: bool = False
    portainer_role: Literal["primary", "agent", "none"] = "none"
    portainer_environment_name: str | None = None
    portainer_agent_hostname: str | None = None
    docker_stacks: tuple[StackReference, ...] = ()

    @property
    def id(self) -> int:
        """The VMID."""
        return self.vmid


class Container(Guest):
    """An LXC container; its CTID is the key of the map in the file."""

    ctid: int

    @property
    def id(self) -> int:
        """The CTID."""
        return self.ctid
