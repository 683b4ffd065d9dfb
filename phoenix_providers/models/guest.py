"""Guests: virtual machines and LXC containers."""

from __future__ import annotations

from ipaddress import ip_interface
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema

from phoenix_providers.models.addresses import address_of_interface, interface_or, interface_schema
from phoenix_providers.models.base import FileModel, GuestId, Name, Port
from phoenix_providers.models.firewall import GuestFirewall


class NetworkConfig(FileModel):
    """A guest's network."""

    ip: Annotated[str | None, BeforeValidator(interface_or("dhcp")), WithJsonSchema(interface_schema("dhcp"))] = None
    """The guest's address with the prefix length, such as 10.0.0.111/24, or dhcp."""


class TraefikService(FileModel):
    """A service of the guest itself that Traefik shall route to."""

    name: Name
    """The service answers at http://NAME.DOMAIN."""
    port: Port
    """Port on the guest; of a VM it has to speak https, of a container http."""


class StackReference(FileModel):
    """A stack that a VM runs, in a certain environment of its manifest."""

    name: Name
    """The stack's folder in stacks/."""
    environment: str | None = None
    """Environment of the manifest; default: the setting phoenix:environment."""
    index: SkipJsonSchema[int] = Field(default=0, exclude=True, repr=False)
    """Where it stands in the list of its VM, those counted that are named twice."""

    @model_validator(mode="before")
    @classmethod
    def _no_other_kind(cls, value: object) -> object:
        if isinstance(value, int | float):
            raise ValueError("expected the name of a folder in stacks/, in quotes")  # noqa: TRY004 - pydantic reports ValueError only
        return value


class GuestDnsRecord(FileModel):
    """A DNS record that a guest declares for itself."""

    hostname: Name
    """A name of the site's domain, or one without dots."""
    ip: Annotated[str | None, BeforeValidator(address_of_interface), WithJsonSchema(interface_schema())] = None
    """Address; default: the guest's own."""


class Guest(FileModel):
    """What VMs and containers share.

    Attributes:
        declared_at: Where the guest stands, for `Configuration.locate(*guest.declared_at, "name")`. (Templates are
            left out, so the index in `Configuration.vms` is not the one in the file.)
    """

    name: Name
    """Name in Proxmox; NAME.DOMAIN becomes a DNS record."""
    node: str | None = None
    """Proxmox node on which the guest lives; default: the setting phoenix:node."""
    network_config: NetworkConfig = NetworkConfig()
    """The guest's network."""
    traefik_service: TraefikService | None = None
    """A service of the guest itself (not of its stacks) that Traefik routes to."""
    firewall: GuestFirewall = GuestFirewall()
    """The guest's firewall; without it the guest keeps the one that it has."""
    dependencies: tuple[GuestId, ...] = ()
    """Numbers of guests that have to run first; checked, and acted on by Proxmox."""
    dns_records: tuple[GuestDnsRecord, ...] = ()
    """More names for this guest."""
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


def _name_alone_will_do(schema: JsonDict) -> None:
    schema["items"] = {"anyOf": [{"type": "string", "minLength": 1}, schema["items"]]}


def _reference(entry: object, index: int) -> object:
    if isinstance(entry, str):
        return {"name": entry, "index": index}
    return {**entry, "index": index} if isinstance(entry, dict) else entry


def _role(value: object) -> object:
    """Existing files also know guests that are Portainer's `infrastructure`: nothing is deployed to them."""
    return "none" if value in ("", "infrastructure") else value


class VirtualMachine(Guest):
    """A VM; templates are left out everywhere (the loader drops them)."""

    vmid: GuestId
    """Number in Proxmox."""
    was: GuestId | None = None
    """The number that it had before; its environment and its stacks stay what they are."""
    is_template: bool = False
    """Templates get no record, no route and no rule."""
    portainer_role: Annotated[Literal["primary", "agent", "none"], BeforeValidator(_role)] = "none"
    """Whether Portainer's server runs here (primary), one of its agents, or neither."""
    portainer_environment_name: str | None = None
    """The environment's name in Portainer."""
    portainer_agent_hostname: str | None = None
    """Name by which Portainer reaches the agent; default: NAME.DOMAIN."""
    docker_stacks: tuple[StackReference, ...] = Field(default=(), json_schema_extra=_name_alone_will_do)
    """Folders of stacks/ that run here; taking one off the list removes it from the VM."""

    @field_validator("docker_stacks", mode="before")
    @classmethod
    def _names_are_references(cls, value: object) -> object:
        if not isinstance(value, list | tuple):
            return value
        return tuple(_reference(entry, index) for index, entry in enumerate(value))

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
