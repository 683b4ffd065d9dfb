"""Traefik's read-only HTTP API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from phoenix_providers.clients.transport import TlsTrust, Transport


@dataclass(frozen=True)
class LiveRouter:
    """A router as the running Traefik has it.

    Attributes:
        name: With its provider, for example `app@file`.
        status: enabled, warning or disabled.
        errors: Traefik's own words.
    """

    name: str
    status: str
    rule: str
    service: str
    errors: tuple[str, ...]


class TraefikApi:
    """Questions to a running Traefik."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self.url = url.rstrip("/")
        self._transport = Transport("Traefik", self.url, timeout=timeout, trust=TlsTrust())

    def version(self) -> str:
        """Return the version; proves that the API answers."""
        return str(self._transport.read("/api/version").data["Version"])

    def routers(self, kind: str) -> Mapping[str, LiveRouter]:
        """Return all routers of a kind ("http", "tcp" or "udp") by name, across all pages."""
        found: dict[str, LiveRouter] = {}
        page = "1"
        while True:
            answer = self._transport.read(f"/api/{quote(kind)}/routers", {"page": page, "per_page": "200"})
            for item in answer.data or ():
                router = _router(item)
                found[router.name] = router
            page = answer.headers.get("X-Next-Page", "1")
            if page == "1":
                return found


def _router(data: Mapping[str, Any]) -> LiveRouter:
    return LiveRouter(
        name=str(data["name"]),
        status=str(data.get("status", "")),
        rule=str(data.get("rule", "")),
        service=str(data.get("service", "")),
        errors=tuple(str(error) for error in data.get("error") or ()),
    )
