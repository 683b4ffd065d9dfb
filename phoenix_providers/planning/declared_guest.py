"""A guest as the files name it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from phoenix_providers.models.guest import VirtualMachine
from phoenix_providers.planning.proxmox_scope import Kind, ProxmoxScope

if TYPE_CHECKING:
    from phoenix_providers.models.configuration import Configuration
    from phoenix_providers.models.engine_properties import Properties, StoredProperties


@dataclass(frozen=True)
class DeclaredGuest:
    """Number, name and place of one guest.

    Attributes:
        node: Its node, also where it is that of the settings.
        where: File and line.
        filtered: Whether its firewall is declared on the guest itself.
    """

    kind: Kind
    number: int
    name: str
    node: str
    where: str
    filtered: bool = False

    @property
    def scope(self) -> ProxmoxScope:
        """Its place on Proxmox."""
        return ProxmoxScope(self.kind, self.node, self.number)

    def as_input(self) -> Properties:
        """Return it as a property of a resource."""
        return asdict(self)

    @classmethod
    def from_input(cls, value: StoredProperties) -> DeclaredGuest:
        """Read what `as_input` gave; numbers may have become floats on the way."""
        return cls(**{**value, "number": int(value["number"])})


def declared_guests(configuration: Configuration, filtered: Collection[int]) -> tuple[DeclaredGuest, ...]:
    """Return all guests of the files; `filtered` are those with a firewall of their own."""
    return tuple(
        DeclaredGuest(
            kind="vm" if isinstance(guest, VirtualMachine) else "lxc",
            number=guest.id,
            name=guest.name,
            node=guest.node or configuration.settings.node,
            where=str(configuration.locate(*guest.declared_at)),
            filtered=guest.id in filtered,
        )
        for guest in configuration.guests
    )
