"""What a lab has to imitate: plain data, so that the lab knows nothing of the program it serves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class LabGuest:
    """A guest with an address of its own on loopback.

    Attributes:
        kind: "vm" or "lxc".
        role: "primary" runs the Portainer stand-in, "agent" has an agent and a Docker stand-in, "none" neither.
        service_port: Port of the guest's own routed service, if it has one; `service_scheme` "http" or "https".
        service_name: Name of that service.
        node: The Proxmox node that it is on; empty for the site's.
    """

    id: int
    name: str
    kind: str
    address: str
    role: str = "none"
    environment: str = ""
    service_name: str = ""
    service_port: int | None = None
    service_scheme: str = "http"
    node: str = ""


@dataclass(frozen=True)
class LabSite:
    """The whole lab; all addresses are in 127.0.0.0/8.

    Attributes:
        agent_port: Port of the Portainer agents.
        network: The node's own network.
        firewall_delay: Seconds until rules that are set are in force; Proxmox looks every ten.
        portainer_style: "async" (from 2.45: answers at once, deploys in the background), "blocking" (to 2.39), or
            "early" (2.23, blocking as well).
        traefik_web_port: The entry point `web`, on the Traefik guest's address.
        more_nodes: Address of each other node of the cluster, by name; all are asked through the first one's API.
        more_entry_points: Port of each other entry point by name, on the Traefik guest's address.
        cert_resolvers: Names that routes refer to; none of them ever gets a certificate.
        foreign_routes: A dynamic configuration of Traefik that stands for files of somebody else.
        foreign_names: Address by host name that somebody else's DNS answers.
        deploy_seconds: How long compose takes for a stack; servers deploy one at a time.
        sync_address: As whom the firewall knows what connects from 127.0.0.1.
    """

    domain: str
    node: str
    node_address: str
    portainer_address: str
    portainer_port: int
    agent_port: int
    traefik_address: str
    guests: tuple[LabGuest, ...]
    network: str = "127.0.0.0/8"
    firewall_delay: float = 1.0
    portainer_style: str = "async"
    proxmox_port: int = 8006
    traefik_web_port: int = 8080
    traefik_api_port: int = 8081
    # Not 53, which only root may take.
    dns_port: int = 8053
    more_nodes: Mapping[str, str] = field(default_factory=dict)
    more_entry_points: Mapping[str, int] = field(default_factory=dict)
    cert_resolvers: tuple[str, ...] = ()
    foreign_routes: Mapping[str, Any] = field(default_factory=dict)
    foreign_names: Mapping[str, str] = field(default_factory=dict)
    deploy_seconds: float = 0.2
    sync_address: str = "127.0.0.1"

    def save(self, file: Path) -> None:
        """Write it as JSON."""
        file.write_text(json.dumps(asdict(self), indent=2))

    @classmethod
    def load(cls, file: Path) -> LabSite:
        """Read what `save` wrote."""
        data: dict[str, Any] = json.loads(file.read_text())
        data["guests"] = tuple(LabGuest(**guest) for guest in data["guests"])
        data["cert_resolvers"] = tuple(data.get("cert_resolvers", ()))
        return cls(**data)
