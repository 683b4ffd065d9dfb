"""Ports of a compose service: short and long syntax, ranges, host addresses, protocols."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

from phoenix_providers.models.compose_records import ComposeNode

# Of more than two ends compose takes the first two.
_RANGE = re.compile(r"(\d+)(?:-(\d+)(?:-.*)?)?", re.ASCII)
_IN_BRACKETS = re.compile(r"\[(.*)\]")
_HIGHEST = 65535


class PortError(ValueError):
    """A port that Compose would refuse."""


@dataclass(frozen=True)
class PublishedPort:
    """One container port and where it answers.

    Attributes:
        host: None when Docker chooses a free port, which nobody knows beforehand.
        address: Host address that it is bound to; empty for all.
        entry: Which entry of `ports` it is from, counted from 0.
    """

    container: int
    host: int | None
    protocol: str = "tcp"
    address: str = ""
    entry: int = field(default=0, compare=False)

    @property
    def loopback_only(self) -> bool:
        """Whether nobody outside the VM reaches it."""
        return bool(self.address) and ip_address(self.address).is_loopback

    @property
    def host_text(self) -> str:
        """The host side as text, such as "8080/tcp" or "10.0.0.1:8080/tcp"."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{address}:{self.host}/{self.protocol}".removeprefix(":").removeprefix("0.0.0.0:")

    def clashes(self, other: PublishedPort) -> bool:
        """Whether both cannot be held at once on one machine: Docker binds every one that has a number."""
        same_number = self.host is not None and (self.host, self.protocol) == (other.host, other.protocol)
        return same_number and _overlap(self.address, other.address)

    def answers_at(self, address: str) -> bool:
        """Whether it is bound to this address of the VM."""
        if not self.address:
            return True
        bound = ip_address(self.address)
        return bound.is_unspecified or bound == ip_address(address)


def _overlap(address: str, other: str) -> bool:
    """Whether two addresses share one: 0.0.0.0 is all of IPv4, [::] all of IPv6, none at all is both."""
    if not address or not other:
        return True
    one, two = _plain(address), _plain(other)
    return one.version == two.version and (one == two or one.is_unspecified or two.is_unspecified)


def _plain(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address)
    return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found


def read_ports(entry: object) -> tuple[PublishedPort, ...]:
    """Return the ports that one entry of `ports` publishes; variables are already replaced.

    Raises:
        PortError: Compose would refuse the entry.
    """
    if isinstance(entry, Mapping):
        return _long(entry)
    if isinstance(entry, bool) or not isinstance(entry, int | str):
        raise PortError(f"{entry!r} is no port")
    return _short(str(entry))


def _short(text: str) -> tuple[PublishedPort, ...]:
    """Take ADDRESS:HOST:CONTAINER/PROTOCOL apart; all but CONTAINER may be empty, as compose has it."""
    *front, container = text.split(":")
    host = front.pop() if front else ""
    address = ":".join(front)
    if address.startswith("["):
        bracketed = _IN_BRACKETS.fullmatch(address)
        if bracketed is None:
            raise PortError(f"{address!r} in {text!r} is no IP address")
        address = bracketed[1]
    number, _, protocol = container.partition("/")
    if not number:
        raise PortError(f"the container port of {text!r} is empty")
    return _published(host, number, protocol or "tcp", address, text)


def _long(entry: ComposeNode) -> tuple[PublishedPort, ...]:
    if "target" not in entry:
        raise PortError("target is missing")
    published = entry.get("published")
    return _published(
        "" if published is None else str(published),
        str(entry["target"]),
        str(entry.get("protocol") or "tcp"),
        str(entry.get("host_ip") or ""),
        f"target {entry['target']}",
    )


def _published(host: str, container: str, protocol: str, address: str, text: str) -> tuple[PublishedPort, ...]:
    if protocol.lower() not in {"tcp", "udp", "sctp"}:
        raise PortError(f"{protocol!r} in {text!r} is no protocol")
    if address:
        _check_address(address, text)
    inside = _range(container, text)
    outside = _host_ports(host, len(inside), text)
    return tuple(
        PublishedPort(port, outer, protocol.lower(), address) for port, outer in zip(inside, outside, strict=True)
    )


def _host_ports(host: str, count: int, text: str) -> list[int | None]:
    if not host:
        return [None] * count
    ports = _range(host, text, lowest=0)
    if len(ports) == count:
        # Docker chooses a free port for 0.
        return [port or None for port in ports]
    if count == 1:
        # Docker takes the first free one of the range.
        return [None]
    raise PortError(f"the ranges of {text!r} differ in length")


def _range(text: str, whole: str, lowest: int = 1) -> list[int]:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise PortError(f"{text!r} in {whole!r} is no port")
    first, last = int(found[1]), int(found[2] or found[1])
    if not lowest <= first <= last <= _HIGHEST:
        raise PortError(f"{text!r} in {whole!r} is no port between {lowest} and {_HIGHEST}")
    return list(range(first, last + 1))


def _check_address(address: str, text: str) -> None:
    try:
        ip_address(address)
    except ValueError:
        raise PortError(f"{address!r} in {text!r} is no IP address") from None
