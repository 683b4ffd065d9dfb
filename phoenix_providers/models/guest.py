"""Guests: virtual machines and LXC containers."""

from __future__ import annotations

from ipaddress import ip_interface
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from phoenix_providers.models.addresses import interface_or
from phoenix_providers.models.base import FileModel, GuestId, Name, Port
from phoenix_providers.models.firewall import GuestFirewall


class NetworkConfig(FileModel):
    """A guest's network; `ip` is "10.0.0.111/24" or "dhcp"."""

    ip: Annotated[str | None, BeforeValidator(interface_or("dhcp"))] = None


class TraefikService(FileModel):
    """A service of the guest itself that Traefik shall route to."""

    name: Name
    port: Port


class StackReference(FileModel):
    """A stack that a VM runs; `environment` None means the site's (setting `environment`)."""

    name: Name
    environment: str | None = None


class GuestDnsRecord(FileModel):
    """A record that a guest declares for itself; `ip` None means the guest's own address."""

    hostname: Name
    ip: str | None = None


class Guest(FileModel):
    """What VMs and containers share.

    Attributes:
        declared_at: Where the guest stands, for `Configuration.locate(*guest.declared_at, "name")`. (Templates are
            left out, so the index in `Configuration.vms` is not the one in the file.)
    """

    name: Name
    node: str | None = None
    network_config: NetworkConfig = NetworkConfig()
    traefik_service: TraefikService | None = None
    firewall: GuestFirewall = GuestFirewall()
    dependencies: tuple[GuestId, ...] = ()
    dns_records: tuple[GuestDnsRecord, ...] = ()
    declared_at: tuple[str | int, ...] = Field(default=(), exclude=True, repr=False)

    @field_validator("traefik_service", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == {} else value

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


def _role(value: object) -> object:
    """Existing files also know guests that are Portainer's `infrastructure`: nothing is deployed to them."""
    return "none" if value in ("", "infrastructure") else value


class VirtualMachine(Guest):
    """A VM; templates are left out everywhere (the loader drops them)."""

    vmid: GuestId
    is_template: bool = False
    portainer_role: Annotated[Literal["primary", "agent", "none"], BeforeValidator(_role)] = "none"
    portainer_environment_name: str | None = None
    portainer_agent_hostname: str | None = None
    docker_stacks: tuple[StackReference, ...] = ()

    @field_validator("docker_stacks", mode="before")
    @classmethod
    def _names_are_references(cls, value: object) -> object:
        if not isinstance(value, list | tuple):
            return value
        return tuple({"name": entry} if isinstance(entry, str) else entry for entry in value)

    @property
    def id(self) -> int:
        """The VMID."""
        return self.vmid


class Container(Guest):
    """An LXC container; its CTID is the key of the map in the file."""

    ctid: GuestId

    @property
    def id(self) -> int:
        """The CTID."""
        return self.ctid
