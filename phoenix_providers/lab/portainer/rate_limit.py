"""The limit on calls that take a password."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiohttp import web

from phoenix_providers.lab.portainer.refusal import Refusal

# What the server allows.
SIGN_INS = 10.0
_REFILL_PER_SECOND = 1.0
_BAN_SECONDS = 3600.0


class RateLimit:
    """A token bucket a client address; who empties it is banned for an hour."""

    def __init__(self, at_once: float = SIGN_INS, now: Callable[[], float] = time.monotonic) -> None:
        self._at_once = at_once
        self._now = now
        self._buckets: dict[str, tuple[float, float]] = {}
        self._banned_until: dict[str, float] = {}

    def check(self, request: web.Request) -> None:
        """Count one call; raises Refusal 403 beyond the limit."""
        client, now = request.remote or "", self._now()
        if self._banned_until.get(client, 0.0) > now:
            raise Refusal(403, "Access denied", "Access denied to resource")
        level, seen = self._buckets.get(client, (self._at_once, now))
        level = min(self._at_once, level + (now - seen) * _REFILL_PER_SECOND)
        if level < 1.0:
            self._banned_until[client] = now + _BAN_SECONDS
            raise Refusal(403, "Access denied", "Access denied to resource")
        self._buckets[client] = (level - 1.0, now)
