"""Following one route: DNS answer, entry point, router, back end, status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from phoenix_providers.clients.name_server import NameServer, open_name_server
from phoenix_providers.clients.route_probe import Reply, ask, require_listener
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.errors import PhoenixError
from phoenix_providers.planning.infrastructure import url_host
from phoenix_providers.planning.proof import live_items, unproven
from phoenix_providers.planning.route_checks import RouteCheck

STEPS = ("DNS", "entry point", "router", "back end", "status")
_TIMEOUT = 5.0
_AT_ONCE = 8
_NO_BACK_END = {502, 503, 504}
_ANY_ADDRESS = {"", "0.0.0.0", "::"}  # noqa: S104
_API_ENTRY_POINT = "traefik"


@dataclass(frozen=True)
class Step:
    """One link of the chain."""

    name: str
    fine: bool
    text: str
    next_step: str = ""


@dataclass(frozen=True)
class Chain:
    """What was found on the way, up to where it breaks."""

    check: RouteCheck
    steps: tuple[Step, ...]

    @property
    def broken(self) -> Step | None:
        """The link that does not hold."""
        return next((step for step in self.steps if not step.fine), None)

    @property
    def reason(self) -> str:
        """Where it breaks and why; empty if it does not."""
        step = self.broken
        return f"{self.check.name} breaks at {step.name}: {step.text}" if step else ""


class _BrokenError(Exception):
    """The chain ends here, with this reason."""


@dataclass(frozen=True)
class Surveyor:
    """Follows routes.

    Attributes:
        name_server: None when it is not known whom to ask.
        api_host: Where Traefik's API is, and so its entry points that listen on all addresses.
        entry_points: Address by name.
        running: Traefik's running configuration.
    """

    name_server: NameServer | None
    api_host: str
    entry_points: Mapping[str, str]
    running: Mapping[str, Any]

    def follow(self, check: RouteCheck) -> Chain:
        """Follow one route to its end, or to where it breaks."""
        steps: list[Step] = []
        replies: list[Reply] = []
        links: tuple[Callable[[], str], ...] = (
            lambda: self._dns(check),
            lambda: self._entry_point(check),
            lambda: self._router(check),
            lambda: self._back_end(check, replies),
            lambda: _status(replies),
        )
        for name, link in zip(STEPS, links, strict=True):
            try:
                steps.append(Step(name, True, link()))
            except _BrokenError as error:
                steps.append(Step(name, False, str(error)))
                break
            except PhoenixError as error:
                explanation = error.explanation
                seen = f"{explanation.what[:1].lower()}{explanation.what[1:]}: {explanation.seen}"
                steps.append(Step(name, False, f"{explanation.where}: {seen}", explanation.next_step))
                break
        return Chain(check, tuple(steps))

    def _dns(self, check: RouteCheck) -> str:
        if self.name_server is None or not check.host:
            return "not asked"
        answer = self.name_server.addresses(check.host)
        if not answer:
            raise _BrokenError(f"{self.name_server} knows no {check.host}")
        if check.record and check.record not in answer:
            raise _BrokenError(f"{', '.join(answer)} instead of {check.record}")
        return ", ".join(answer)

    def _entry_point(self, check: RouteCheck) -> str:
        name, address, port = self._listener(check)
        if check.protocol != "udp":
            require_listener(address, port, timeout=_TIMEOUT)
        return f"{name} {url_host(address)}:{port}"

    def _listener(self, check: RouteCheck) -> tuple[str, str, int]:
        live = [point for router in self._live(check) for point in router.get("using") or ()]
        points = [*(check.entry_points or live or self._defaults(check)), ""]
        # Where there are two, the one without TLS often redirects to the other, whatever the back end does.
        name = next((point for point in points if point and self._by_tls(check, point)), points[0])
        if name not in self.entry_points:
            raise _BrokenError(f"Traefik has no entry point {name}")
        address, _, port = self.entry_points[name].partition("/")[0].rpartition(":")
        address = address.strip("[]")
        return name, self.api_host if address in _ANY_ADDRESS else address, int(port)

    def _live(self, check: RouteCheck) -> list[Mapping[str, Any]]:
        return live_items((check.protocol, "routers"), check.router, self.running)

    def _defaults(self, check: RouteCheck) -> list[str]:
        """Return where a router that names no entry point may be, as long as Traefik has not got it."""
        udp = check.protocol == "udp"
        points = self.entry_points.items()
        return [name for name, address in points if name != _API_ENTRY_POINT and address.endswith("/udp") is udp]

    def _by_tls(self, check: RouteCheck, entry_point: str) -> bool:
        """Whether requests come over TLS, which an entry point may ask for instead of the router."""
        return check.tls or any(
            "tls" in router for router in self._live(check) if entry_point in (router.get("using") or ())
        )

    def _router(self, check: RouteCheck) -> str:
        if check.unpublished:
            raise _BrokenError(f"not published: {check.unpublished}")
        if reasons := unproven({check.protocol: {"routers": {check.router: check.configuration}}}, self.running):
            raise _BrokenError("; ".join(map(str, reasons)))
        return check.router

    def _back_end(self, check: RouteCheck, replies: list[Reply]) -> str:
        if check.protocol != "http":
            return _taken(check)
        name, address, port = self._listener(check)
        reply = ask(address, port, check.host, check.path, tls=self._by_tls(check, name), timeout=_TIMEOUT)
        replies.append(reply)
        backends = ", ".join(check.backends)
        if reply.status in _NO_BACK_END:
            raise _BrokenError(f"{backends} does not answer Traefik (HTTP {reply.status})")
        return backends


def _taken(check: RouteCheck) -> str:
    """Connect to TCP back ends from here: through Traefik nobody can tell who took the connection."""
    if check.protocol == "tcp":
        for backend in check.backends:
            address, _, port = backend.rpartition(":")
            if port.isdigit():
                require_listener(address.strip("[]"), int(port), timeout=_TIMEOUT)
    return ", ".join(check.backends)


def _status(replies: list[Reply]) -> str:
    if not replies:
        return "not asked"
    status = replies[0].status
    if status >= 500:
        raise _BrokenError(f"HTTP {status}")
    return str(status)


def survey(api: TraefikApi, name_server: str, checks: Sequence[RouteCheck]) -> tuple[Chain, ...]:
    """Follow routes side by side; no name server means that names are not asked for.

    Raises:
        ProductError: Traefik's API does not answer.
    """
    surveyor = Surveyor(
        name_server=open_name_server(name_server) if name_server else None,
        api_host=urlsplit(api.url).hostname or "",
        entry_points=api.entry_points(),
        running=api.running(),
    )
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(surveyor.follow, checks))
