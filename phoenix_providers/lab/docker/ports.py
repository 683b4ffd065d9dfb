"""Published ports, in every spelling that compose knows."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import Any

from phoenix_providers.lab.docker.errors import ComposeError

_SHORT = re.compile(
    r"(?:(?P<ip>\[[0-9a-fA-F:]*\]|\d+\.\d+\.\d+\.\d+):)?"
    r"(?:(?P<published>\d+(?:-\d+)?)?:)?(?P<target>\d+(?:-\d+)?)(?:/(?P<protocol>\w+))?"
)


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
    return [PublishedPort(int(entry["target"]), numbers[0] if numbers else None, ip, protocol)]


def _short(text: str) -> list[PublishedPort]:
    found = _SHORT.fullmatch(text)
    if found is None:
        raise ComposeError(f"invalid containerPort: {text.rsplit(':', 1)[-1]}")
    targets = _numbers(found["target"])
    published: list[Any] = _numbers(found["published"] or "")
    if published and len(published) != len(targets) and len(targets) != 1:
        raise ComposeError(f"invalid ranges specified for container and host Ports: {found['target']}")
    ip, protocol = (found["ip"] or "").strip("[]"), found["protocol"] or "tcp"
    if not published:
        return [PublishedPort(target, None, ip, protocol) for target in targets]
    # A range of host ports for one container port: the engine takes a free one; the first is the usual choice.
    return [PublishedPort(target, host, ip, protocol) for target, host in zip(targets, published, strict=False)]


def _numbers(text: str) -> list[int]:
    if not text:
        return []
    first, _, last = text.partition("-")
    numbers = list(range(int(first), int(last or first) + 1))
    if not numbers or numbers[-1] > 65535:
        raise ComposeError(f"invalid port range: {text}")
    return numbers
