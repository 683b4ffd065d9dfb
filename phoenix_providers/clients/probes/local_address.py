"""The addresses at both ends of a connection from this machine."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit


def address_towards(url: str) -> str:
    """Return this machine's address on the way to a URL's host; empty if there is no way. Nothing is sent."""
    return _ends(url)[0]


def address_behind(url: str) -> str:
    """Return the address of a URL's host; empty if there is no way to it. Nothing is sent but for its name."""
    return _ends(url)[1]


def ends_of(host: str, port: int) -> tuple[str, str]:
    """Return both addresses of a connection to a host; empty if there is no way. Nothing is sent but for its name."""
    try:
        family, _, _, _, target = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(target)
            return str(probe.getsockname()[0]), str(target[0])
    except OSError:
        return "", ""


def _ends(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return ends_of(parts.hostname or "", parts.port or 8006)
