"""From the container port that a label names to the port on the VM behind which it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import ComposeService
from phoenix_providers.planning.compose.published_ports import PublishedPort
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.names import is_port_number
from phoenix_providers.planning.routes.service_labels import LabelPlaces


@dataclass
class BackendPorts:
    """The ports of one service of a stack, as Traefik reaches them; `address` None when the VM's is not known."""

    service: ComposeService
    services: Mapping[str, ComposeService]
    address: str | None
    places: LabelPlaces
    findings: Findings

    def any_published(self, transport: str) -> bool:
        """Whether the service publishes a port of that kind at all."""
        return bool(self._published(transport))

    def published(self, protocol: str, name: str, label: str | None) -> int | None:
        """Return the port on the VM behind which the labelled container port answers."""
        transport = "udp" if protocol == "udp" else "tcp"
        place = self.places.of(protocol, "services", name, "loadbalancer", "server", "port")
        wanted = self._container_port(label, transport, place)
        if wanted is None:
            if label is None:
                self._unpublished(name, "it publishes no port", "a port below `ports:`", place)
            return None
        if self._owner().network_mode == "host":
            return wanted
        candidates = [port for port in self._published(transport) if port.container == wanted]
        usable = [port for port in candidates if port.host is not None and self._reachable(port)]
        if usable:
            return usable[0].host
        published = ", ".join(str(port.container) for port in self._published(transport))
        other = f"one of the published container ports ({published}), or " if published and not candidates else ""
        self._unpublished(name, _why_unusable(candidates, wanted), f'{other}"8080:{wanted}" below `ports:`', place)
        return None

    def _published(self, transport: str) -> list[PublishedPort]:
        return [port for port in self._owner().ports if port.protocol == transport]

    def _owner(self) -> ComposeService:
        """Return the service that publishes the ports: with `network_mode: service:X` it is X."""
        mode = self.service.network_mode
        if mode.startswith("service:"):
            return self.services.get(mode.removeprefix("service:"), self.service)
        return self.service

    def _reachable(self, port: PublishedPort) -> bool:
        return not port.loopback_only and (self.address is None or port.answers_at(self.address))

    def _container_port(self, label: str | None, transport: str, place: Location) -> int | None:
        if label is not None:
            if is_port_number(label):
                return int(label)
            self.findings.error(
                f"the label's port is no number on {self.service.name}",
                place,
                seen=label,
                expected="the number of a container port, or a variable that has one",
                routes_only=True,
            )
            return None
        known = [port.container for port in self._published(transport)] + list(self._owner().exposed)
        return min(known, default=None)

    def _unpublished(self, name: str, seen: str, expected: str, place: Location) -> None:
        self.findings.error(
            f"Traefik cannot reach {self.service.name}: the service {name} needs a port published on the VM",
            place,
            seen=seen,
            expected=expected,
            next_step=f"correct the label at {place}, or the compose file's `ports`",
            routes_only=True,
        )


def _why_unusable(candidates: list[PublishedPort], wanted: int) -> str:
    if not candidates:
        return f"the container port {wanted} is not published"
    port = candidates[0]
    if port.loopback_only:
        return f"the container port {wanted} is published on loopback only ({port.address})"
    if port.host is None:
        return f"the container port {wanted} is published on a port that Docker chooses"
    return f"the container port {wanted} is published on {port.address} only, which is not the VM's known address"
