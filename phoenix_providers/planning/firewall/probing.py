"""What is needed to try connections out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.planning.site_plan import Connection


@dataclass(frozen=True)
class Probing:
    """What is tried before and after a change of the firewall, and who can try it.

    Attributes:
        connections: Those that are needed.
        portainer: Who can say whether an agent is reached.
        environments: Name of the environment at Portainer, by the name of the connection to its agent.
        sync_address: This machine's address as Proxmox sees it; empty to find it out.
    """

    connections: tuple[Connection, ...]
    portainer: PortainerServer
    environments: Mapping[str, str] = field(default_factory=dict)
    sync_address: str = ""

    def as_input(self) -> Properties:
        """Return it as a property of a resource."""
        return {
            "connections": [one.as_input() for one in self.connections],
            "environments": dict(self.environments),
            "portainer": self.portainer.as_input(),
            "sync_address": self.sync_address,
        }

    @classmethod
    def from_input(cls, value: StoredProperties) -> Probing:
        """Read what `as_input` gave."""
        return cls(
            connections=tuple(Connection.from_input(item) for item in value["connections"]),
            portainer=PortainerServer.from_input(value["portainer"]),
            environments=dict(value["environments"]),
            sync_address=str(value.get("sync_address") or ""),
        )
