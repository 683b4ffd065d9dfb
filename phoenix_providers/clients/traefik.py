"""Traefik's read-only HTTP API."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any

from phoenix_providers.clients.transport import TlsTrust, Transport
from phoenix_providers.errors import ProductError, UnreachableError

_STATIC = "static-config.json"


class TraefikApi:
    """Questions to a running Traefik."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self.url = url.rstrip("/")
        self._transport = Transport("Traefik", self.url, timeout=timeout, trust=TlsTrust())

    def version(self) -> str:
        """Return the version; proves that the API answers."""
        return str(self._transport.read("/api/version").data["Version"])

    def running(self) -> Mapping[str, Any]:
        """Return the whole running configuration.

        Maps by full name (`app@file`) below `routers`, `services`, `middlewares`, `tcpRouters`, …, `udpServices`. Each
        item has what was configured, and `status` (enabled, warning, disabled), `error` (a list), `using`.
        """
        data = self._transport.read("/api/rawdata").data
        if not isinstance(data, dict):
            raise ProductError("This is not Traefik's API", where=self.url, next_step=f"curl {self.url}/api/version")
        return data

    def entry_points(self) -> Mapping[str, str]:
        """Return the address (`:80`, `10.0.0.12:443`, maybe with `/udp`) of every entry point by name."""
        found: dict[str, str] = {}
        page = "1"
        while True:
            answer = self._transport.read("/api/entrypoints", {"page": page, "per_page": "200"})
            found |= {str(item["name"]): str(item.get("address", "")) for item in answer.data or ()}
            page = answer.headers.get("X-Next-Page", "1")
            if page == "1":
                return found

    def cert_resolvers(self) -> frozenset[str] | None:
        """Return the names of the certificate resolvers; None when this version does not tell."""
        try:
            content = self._transport.read("/api/support-dump").content
            with tarfile.open(fileobj=io.BytesIO(content)) as dump:
                static = dump.extractfile(_STATIC)
                data = json.load(static) if static else {}
        except UnreachableError:
            raise
        except (ProductError, tarfile.TarError, KeyError, ValueError):
            # Traefik has this report since 3.4; what is in it is nowhere else.
            return None
        return frozenset(data.get("certificatesResolvers") or ())
