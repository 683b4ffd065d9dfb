"""What is asked of the firewall: what it becomes, and on which connections it decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.planning.firewall.asked_place import AskedPlace
from phoenix_providers.planning.firewall.names_asked import NamesAsked
from phoenix_providers.planning.site_plan import Connection

if TYPE_CHECKING:
    from phoenix_providers.models.engine_properties import Properties, StoredProperties


@dataclass(frozen=True)
class FirewallQuestion:
    """A question to the firewall of one site.

    Attributes:
        proxmox: URL of the API.
        node: The node of the settings.
        networks: Its own network, and that of every other node that is known.
        connections: Those that are needed.
        sync_address: This machine's address as Proxmox sees it; empty to find it out.
        guests: Number of the guest by address, since this machine may be one.
        wanted: What each place becomes; None while that is not known.
        in_use: Names of connections that the state knows; None where all count.
        traefik_api: Who is asked about connections to back ends that the state does not know; empty for nobody.
        portainer: Who is asked the same about agents.
        leaving_guests: Numbers of those whose firewall leaves with this run.
        allowed: Names of connections that may be cut, or closed.
        until_removed: Connections that are needed until what leaves is removed, and not afterwards.
        places: Where missing rules belong, see `SitePlan`.
        of: Names of connections by stack.
    """

    proxmox: str
    node: str
    networks: Mapping[str, str]
    connections: tuple[Connection, ...]
    sync_address: str = ""
    guests: Mapping[str, int] = field(default_factory=dict)
    wanted: tuple[AskedPlace, ...] | None = None
    names: NamesAsked = field(default_factory=NamesAsked)
    in_use: frozenset[str] | None = None
    traefik_api: str = ""
    portainer: PortainerServer | None = None
    leaving_guests: frozenset[int] = frozenset()
    allowed: tuple[str, ...] = ()
    until_removed: tuple[Connection, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def about(self, names: Collection[str]) -> FirewallQuestion:
        """Return the same for the connections of these names alone."""
        return replace(self, connections=tuple(one for one in self.connections if one.name in names))

    def to_check(self) -> Properties:
        """Return what the check before all changes is asked, as properties of its resource."""
        return {
            "proxmox": self.proxmox,
            **self.to_gate(),
            "wanted": self._wanted(),
            "guests": dict(self.guests),
            "in_use": sorted(self.in_use or ()),
            "traefik_api": self.traefik_api,
            "portainer": self.portainer.as_input() if self.portainer else None,
            "leaving_guests": sorted(self.leaving_guests),
            **self.names.as_input(),
            "allowed": list(self.allowed),
            "places": dict(self.places),
            **({"until_removed": [one.as_input() for one in self.until_removed]} if self.until_removed else {}),
        }

    def to_targets(self) -> Properties:
        """Return what a run for some targets asks, as a property of their resources."""
        return {**self.to_check(), "of": {name: list(names) for name, names in self.of.items()}}

    def to_gate(self) -> Properties:
        """Return what the gate has to know even before the program has said what it declares."""
        return {
            "node": self.node,
            "networks": dict(self.networks),
            "connections": [one.as_input() for one in self.connections],
            "sync_address": self.sync_address,
        }

    def declared(self) -> Properties:
        """Return the rest of what the gate asks: what this run makes of the firewall."""
        names = {key: value for key, value in self.names.as_input().items() if key in ("names", "leaving")}
        return {"wanted": self._wanted(), "guests": dict(self.guests), **names, "places": dict(self.places)}

    def _wanted(self) -> list[Properties]:
        return [place.as_input() for place in self.wanted or ()]

    @classmethod
    def from_input(cls, value: StoredProperties) -> FirewallQuestion:
        """Read any of these; numbers may have become floats on the way."""
        wanted, in_use, server = value.get("wanted"), value.get("in_use"), value.get("portainer")
        return cls(
            proxmox=str(value["proxmox"]),
            node=str(value["node"]),
            networks=dict(value["networks"]),
            connections=tuple(Connection.from_input(item) for item in value["connections"]),
            sync_address=str(value.get("sync_address") or ""),
            guests={str(address): int(number) for address, number in (value.get("guests") or {}).items()},
            wanted=None if wanted is None else tuple(AskedPlace.from_input(item) for item in wanted),
            names=NamesAsked.from_input(value),
            in_use=None if in_use is None else frozenset(in_use),
            traefik_api=str(value.get("traefik_api") or ""),
            portainer=PortainerServer.from_input(server) if server else None,
            leaving_guests=frozenset(map(int, value.get("leaving_guests") or ())),
            allowed=tuple(value.get("allowed") or ()),
            until_removed=tuple(Connection.from_input(item) for item in value.get("until_removed") or ()),
            places=dict(value.get("places") or {}),
            of={name: tuple(names or ()) for name, names in (value.get("of") or {}).items()},
        )
