"""Traefik's read-only HTTP API."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

from phoenix_providers.clients.cache import Cached
from phoenix_providers.clients.certificate_refusal import TRAEFIK
from phoenix_providers.clients.transport import Answer, TlsTrust, Transport
from phoenix_providers.clock import Clock, SystemClock
from phoenix_providers.errors import ProductError, UnauthorizedError, UnreachableError
from phoenix_providers.models.traefik_records import RunningConfiguration

_STATIC = "static-config.json"
# Files that are looked at in one refresh are looked at with one answer. A look is no promise: whoever writes asks anew,
# before and after, and what was answered then is what the next look gets.
_LOOK_SECONDS = 30.0
# A run may start Traefik anew in between, so whoever writes shares answers only with those who write at that moment.
_TOGETHER_SECONDS = 1.0
# What other servers say, or Traefik itself on an entry point that has not its API.
_NO_API = {301, 302, 307, 308, 400, 403, 404, 405}


class TraefikApi:
    """Questions to a running Traefik. What only another start of it changes is asked once for all who ask together."""

    def __init__(self, url: str, *, timeout: float, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        self.url = url.rstrip("/")
        self._transport = Transport("Traefik", self.url, timeout=timeout, trust=TlsTrust(), advice=TRAEFIK)
        self._running = Cached(self._read_running, clock)
        self._entry_points = Cached(self._read_entry_points, clock)
        self._cert_resolvers = Cached(self._read_cert_resolvers, clock)

    def version(self) -> str:
        """Return the version; proves that the API answers."""
        try:
            data = self._read("/api/version").data
        except UnreachableError:
            raise
        except ProductError as error:
            if error.status in _NO_API:
                raise self._no_api() from None
            raise
        if not isinstance(data, dict) or "Version" not in data:
            raise self._no_api()
        return str(data["Version"])

    def running(self) -> RunningConfiguration:
        """Return the whole running configuration, read now.

        Maps by full name (`app@file`) below `routers`, `services`, `middlewares`, `tcpRouters`, …, `udpServices`. Each
        item has what was configured, and `status` (enabled, warning, disabled), `error` (a list), `using`.
        """
        self._running.forget()
        return self._running.get()

    def running_lately(self) -> RunningConfiguration:
        """Return the same for a look, as somebody else may have read it within the last half minute."""
        return self._running.get(at_most=_LOOK_SECONDS)

    def entry_points(self, *, is_look: bool = False) -> Mapping[str, str]:
        """Return the address (`:80`, `10.0.0.12:443`, maybe with `/udp`) of every entry point by name."""
        return self._entry_points.get(at_most=_LOOK_SECONDS if is_look else _TOGETHER_SECONDS)

    def cert_resolvers(self, *, is_look: bool = False) -> frozenset[str] | None:
        """Return the names of the certificate resolvers; None when this version does not tell."""
        return self._cert_resolvers.get(at_most=_LOOK_SECONDS if is_look else _TOGETHER_SECONDS)

    def _read_running(self) -> RunningConfiguration:
        data = self._read("/api/rawdata").data
        if not isinstance(data, dict):
            raise self._no_api()
        return data

    def _read_entry_points(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        page = "1"
        while True:
            answer = self._read("/api/entrypoints", {"page": page, "per_page": "200"})
            if not isinstance(answer.data, list):
                raise self._no_api()
            found |= {str(item["name"]): str(item.get("address", "")) for item in answer.data}
            page = answer.headers.get("X-Next-Page", "1")
            if page == "1":
                return found

    def _read_cert_resolvers(self) -> frozenset[str] | None:
        import tarfile

        try:
            content = self._read("/api/support-dump").content
            with tarfile.open(fileobj=io.BytesIO(content)) as dump:
                static = dump.extractfile(_STATIC)
                data = json.load(static) if static else {}
        except UnreachableError:
            raise
        except (ProductError, tarfile.TarError, KeyError, ValueError):
            # Traefik has this report since 3.4; what is in it is nowhere else.
            return None
        return frozenset(data.get("certificatesResolvers") or ())

    def _read(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        try:
            return self._transport.read(path, params)
        except UnauthorizedError as error:
            raise UnauthorizedError(
                "Traefik's API wants a sign-in",
                where=self.url,
                seen=error.explanation.seen,
                expected="an entry point for the API that only your network reaches, without a sign-in",
                next_step="pulumi config set phoenix:traefikApiUrl http://TRAEFIK:8080",
            ) from None

    def _no_api(self) -> ProductError:
        return ProductError(
            "This is not Traefik's API",
            where=self.url,
            expected="the address in front of /api/version",
            next_step=f"curl {self.url}/api/version\n            or correct the address: {TRAEFIK.address}",
        )
