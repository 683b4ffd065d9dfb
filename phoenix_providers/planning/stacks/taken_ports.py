"""Which ports a stack takes on its VM, and whether two of them can be held at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import ComposeService
from phoenix_providers.planning.compose.published_ports import PublishedPort
from phoenix_providers.planning.names import is_port_number
from phoenix_providers.planning.routes.service_labels import Label

_HOST = "host"
_LABELLED = re.compile(r"traefik\.(http|tcp|udp)\.services\.[^.]+\.loadbalancer\.server\.port", re.IGNORECASE)
FindPlace = Callable[[], Location]


@dataclass(frozen=True)
class TakenPort:
    """A port on the VM.

    Attributes:
        certain: Not so for a service in the VM's own network: what its process listens on is only said in passing.
        find_place: Tells where it stands; asked in a conflict only, since that reads the whole file once more.
    """

    service: str
    port: PublishedPort
    certain: bool
    find_place: FindPlace = field(compare=False)

    def clashes(self, other: TakenPort, *, of_one_stack: bool) -> bool:
        """Whether both cannot be held at once; the same entry twice in one service of one stack is one."""
        return not (of_one_stack and self == other) and self.port.clashes(other.port)


def bound_ports(service: ComposeService) -> tuple[PublishedPort, ...]:
    """Return the ports that Docker binds for a service: none where it has the VM's own network."""
    if not service.active or service.network_mode == _HOST:
        return ()
    return tuple(port for port in service.ports if port.host is not None)


def taken_ports(
    services: Iterable[ComposeService],
    labels: Mapping[str, Mapping[str, Label]],
    locate: Callable[..., Location],
) -> tuple[TakenPort, ...]:
    """Return all ports of a stack's services that run; `labels` by service, `locate` takes a path in the file."""
    found: list[TakenPort] = []
    for service in services:
        for port in bound_ports(service):
            found.append(TakenPort(service.name, port, True, _place(locate, service, "ports", port.entry)))
        if service.active and service.network_mode == _HOST:
            found += _in_host_network(service, labels.get(service.name, {}), locate)
    return tuple(dict.fromkeys(found))


def _in_host_network(
    service: ComposeService, labels: Mapping[str, Label], locate: Callable[..., Location]
) -> Iterator[TakenPort]:
    """Docker publishes nothing there: a port inside is one of the VM."""
    for port in service.ports:
        bound = PublishedPort(port.container, port.container, port.protocol)
        yield TakenPort(service.name, bound, False, _place(locate, service, "ports", port.entry))
    for number in service.exposed:
        bound = PublishedPort(number, number)
        yield TakenPort(service.name, bound, False, _place(locate, service, "expose"))
    for key, label in labels.items():
        found = _LABELLED.fullmatch(key)
        if found and is_port_number(label.value):
            number = int(label.value)
            bound = PublishedPort(number, number, "udp" if found[1].lower() == "udp" else "tcp")
            yield TakenPort(service.name, bound, False, _same(label.place))


def _place(locate: Callable[..., Location], service: ComposeService, *path: str | int) -> FindPlace:
    return lambda: locate("services", service.name, *path)


def _same(place: Location) -> FindPlace:
    return lambda: place
