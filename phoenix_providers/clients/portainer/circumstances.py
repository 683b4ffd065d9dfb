"""Failed deploys for which the content is not to blame, by the words of compose, Docker, and what they are made of."""

from __future__ import annotations

import re

_SIGNS = (
    # Networks of others took all addresses.
    "non-overlapping ipv4 address pool",
    "all predefined address pools have been fully subnetted",
    "pool overlaps with other one on this address space",
    # Somebody else has to make it; volumes are below.
    "declared as external, but could not be found",
    # The machine has nothing left.
    "no space left on device",
    "disk quota exceeded",
    "cannot allocate memory",
    "resource temporarily unavailable",
    "too many open files",
    "signal: killed",
    # It took too long, which another time it may not.
    "context deadline exceeded",
    "context canceled",
    "i/o timeout",
    "tls handshake timeout",
    "client.timeout exceeded",
    "request canceled",
    "operation timed out",
    # A registry, or the way to it, is away.
    "no such host",
    "temporary failure in name resolution",
    "server misbehaving",
    "connection refused",
    "connection reset by peer",
    "network is unreachable",
    "no route to host",
    "unexpected eof",
    "toomanyrequests",
    "received unexpected http status: 5",
    # The engine ends, or has just begun.
    "is the docker daemon running",
    "daemon is shutting down",
    "transport is closing",
    "client connection is closing",
    "ttrpc: closed",
)
_EXTERNAL_VOLUME = re.compile(r'external volume \\*"[^"]*" not found')


def is_circumstance(failure: str) -> bool:
    """Whether the same content may well be deployed another time; none of these words comes from the content itself."""
    low = failure.lower()
    return any(sign in low for sign in _SIGNS) or _EXTERNAL_VOLUME.search(low) is not None
