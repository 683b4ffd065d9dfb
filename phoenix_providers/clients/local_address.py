"""The address by which others see this machine."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit


def address_towards(url: str) -> str:
    """Return this machine's address on the way to a URL's host; empty if there is no way. Nothing is sent."""
    parts = urlsplit(url)
    try:
        family, _, _, _, target = socket.getaddrinfo(parts.hostname, parts.port or 8006, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(target)
            return str(probe.getsockname()[0])
    except OSError:
        return ""
