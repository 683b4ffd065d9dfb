"""Where the products are that a run asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.planning.dns.backends.table import targets
from phoenix_providers.planning.firewall.question import FirewallQuestion

_URLS = ("proxmox", "traefik_api", "traefik_target")


@dataclass(frozen=True)
class ProductAddresses:
    """One address for each product; None where it is not asked at all, empty where nobody has said where it is.

    Attributes:
        proxmox: URL of the API.
        traefik_api: URL of the API.
        traefik_target: Where Traefik's files go.
        records: Where DNS records go, by the name of the gate's check.
        privileges_at: Paths of Proxmox's permissions at which the run works.
        firewall: What is asked of the firewall about the connections to the products; None where nobody asks.
    """

    proxmox: str | None = None
    portainer: PortainerServer | None = None
    traefik_api: str | None = None
    traefik_target: str | None = None
    records: Mapping[str, str] = field(default_factory=dict)
    privileges_at: tuple[str, ...] = ()
    firewall: FirewallQuestion | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The products that are asked, by the names of the gate's checks."""
        return (*(name for name in (*_URLS, "portainer") if getattr(self, name) is not None), *self.records)

    def of(self, name: str) -> str | PortainerServer | None:
        """Return the address of one, by the name of the gate's check."""
        if name == "portainer":
            return self.portainer
        found: str | None = getattr(self, name) if name in _URLS else self.records.get(name)
        return found

    def url(self, name: str) -> str:
        """Return the same as a text."""
        found = self.of(name)
        return found.url if isinstance(found, PortainerServer) else found or ""

    def only(self, names: Collection[str]) -> ProductAddresses:
        """Return the same for these products alone."""
        return ProductAddresses(
            **{name: getattr(self, name) for name in _URLS if name in names},
            portainer=self.portainer if "portainer" in names else None,
            records={name: target for name, target in self.records.items() if name in names},
        )

    def as_input(self) -> Properties:
        """Return it as properties of a resource; what is not asked is left out."""
        said: Properties = {name: self.of(name) for name in self.names}
        if self.portainer is not None:
            said["portainer"] = self.portainer.as_input()
        if self.privileges_at:
            said["privileges_at"] = list(self.privileges_at)
        if self.firewall is not None:
            said |= {"firewall": self.firewall.to_gate(), "guests": dict(self.firewall.guests)}
        return said

    @classmethod
    def from_input(cls, value: StoredProperties) -> ProductAddresses:
        """Read what `as_input` gave."""
        server, asked = value.get("portainer"), value.get("firewall")
        about = {"guests": value.get("guests"), **asked, "proxmox": value.get("proxmox") or ""} if asked else None
        said = {name: str(value[name]) for name in _URLS if value.get(name) is not None}
        records = {one.check: str(value[one.check]) for one in targets() if value.get(one.check)}
        return cls(
            **said,
            portainer=PortainerServer.from_input(server) if server else None,
            records=records,
            privileges_at=tuple(value.get("privileges_at") or ()),
            firewall=FirewallQuestion.from_input(about) if about else None,
        )
