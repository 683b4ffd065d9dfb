"""Published ports, in every spelling that compose knows."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import Any

from phoenix_providers.lab.docker.errors import ComposeError

_NUMBERS = re.compile(r"\d+(-\d+)?")
_ADDRESS = re.compile(r"\[[0-9a-fA-F:.]+\]|[0-9a-fA-F:.]*")


@dataclass(frozen=True)
class PublishedPort:
    """One container port; `published` None means a free port of the engine's choice, `host_ip` empty means all."""

    target: int
    published: int | None = None
    host_ip: str = ""
    protocol: str = "tcp"

    def as_record(self) -> dict[str, Any]:
        """Return plain data for the state file."""
        return asdict(self)

    def clashes(self, other: PublishedPort) -> bool:
        """Whether both cannot be held at once on one host."""
        if self.published is None or (self.published, self.protocol) != (other.published, other.protocol):
            return False
        if not self.host_ip or not other.host_ip:
            return True
        mine, theirs = ip_address(self.host_ip), ip_address(other.host_ip)
        # One without an address listens on both families; [::] is IPv6 alone.
        return mine.version == theirs.version and (mine == theirs or mine.is_unspecified or theirs.is_unspecified)


def parse_ports(entries: list[Any]) -> tuple[PublishedPort, ...]:
    """Read a service's `ports`; ranges become one entry a port."""
    ports: list[PublishedPort] = []
    for entry in entries:
        ports.extend(_long(entry) if isinstance(entry, dict) else _short(str(entry)))
    return tuple(dict.fromkeys(ports))


def _long(entry: dict[str, Any]) -> list[PublishedPort]:
    if "target" not in entry:
        raise ComposeError("services.ports missing target")
    published = str(entry.get("published") or "")
    ip, protocol = str(entry.get("host_ip") or ""), str(entry.get("protocol") or "tcp")
    numbers = _numbers(published)
    return [PublishedPort(int(entry["target"]), (numbers[0] or None) if numbers else None, ip, protocol)]


def _short(text: str) -> list[PublishedPort]:
    *front, last = text.split(":")
    outside = front.pop() if front else ""
    address, (inside, _, named) = ":".join(front), last.partition("/")
    right = _ADDRESS.fullmatch(address) and _NUMBERS.fullmatch(inside) and (not outside or _NUMBERS.fullmatch(outside))
    if not right or (named and not named.isalpha()):
        raise ComposeError(f"invalid containerPort: {text.rsplit(':', 1)[-1]}")
    targets = _numbers(inside)
    published: list[Any] = _numbers(outside)
    if published and len(published) != len(targets) and len(targets) != 1:
        raise ComposeError(f"invalid ranges specified for container and host Ports: {inside}")
    ip, protocol = address.strip("[]"), named or "tcp"
    if not published:
        return [PublishedPort(target, None, ip, protocol) for target in targets]
    # A range of host ports for one container port: the engine takes a free one; the first is the usual choice.
    # For 0 it takes a free one, too.
    return [PublishedPort(target, host or None, ip, protocol) for target, host in zip(targets, published, strict=False)]


def _numbers(text: str) -> list[int]:
    if not text:
        return []
    first, _, last = text.partition("-")
    numbers = list(range(int(first), int(last or first) + 1))
    if not numbers or numbers[-1] > 65535:
        raise ComposeError(f"invalid port range: {text}")
    return numbers
