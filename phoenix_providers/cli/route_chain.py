"""Following one route: DNS answer, entry point, router, back end, status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from phoenix_providers.clients.name_server import NameServer
from phoenix_providers.clients.route_probe import Reply, ask, require_listener
from phoenix_providers.errors import PhoenixError
from phoenix_providers.planning.proof import unproven
from phoenix_providers.planning.route_checks import RouteCheck

STEPS = ("DNS", "entry point", "router", "back end", "status")
_TIMEOUT = 5.0
_NO_BACK_END = {502, 503, 504}


@dataclass(frozen=True)
class Step:
    """One link of the chain."""

    name: str
    fine: bool
    text: str


@dataclass(frozen=True)
class Chain:
    """What was found on the way, up to where it breaks."""

    check: RouteCheck
    steps: tuple[Step, ...]

    @property
    def broken(self) -> Step | None:
        """The link that does not hold."""
        return next((step for step in self.steps if not step.fine), None)


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
            lambda: _status(replies[0]),
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
                steps.append(Step(name, False, f"{explanation.where}: {seen}"))
                break
        return Chain(check, tuple(steps))

    def _dns(self, check: RouteCheck) -> str:
        if self.name_server is None:
            return "not asked"
        answer = self.name_server.addresses(check.host)
        if not answer:
            raise _BrokenError(f"{self.name_server} knows no {check.host}")
        if check.record and check.record not in answer:
            raise _BrokenError(f"{', '.join(answer)} instead of {check.record}")
        return ", ".join(answer)

    def _entry_point(self, check: RouteCheck) -> str:
        name, address, port = self._listener(check)
        require_listener(address, port, timeout=_TIMEOUT)
        return f"{name} {address}:{port}"

    def _listener(self, check: RouteCheck) -> tuple[str, str, int]:
        name = next(iter(check.entry_points or self.entry_points))
        if name not in self.entry_points:
            raise _BrokenError(f"Traefik has no entry point {name}")
        address, _, port = self.entry_points[name].partition("/")[0].rpartition(":")
        return name, address.strip("[]") or self.api_host, int(port)

    def _router(self, check: RouteCheck) -> str:
        if check.unpublished:
            raise _BrokenError(f"not published: {check.unpublished}")
        if reasons := unproven({"http": {"routers": {check.router: check.configuration}}}, self.running):
            raise _BrokenError("; ".join(map(str, reasons)))
        return check.router

    def _back_end(self, check: RouteCheck, replies: list[Reply]) -> str:
        _, address, port = self._listener(check)
        reply = ask(address, port, check.host, check.path, tls=check.tls, timeout=_TIMEOUT)
        replies.append(reply)
        backends = ", ".join(check.backends)
        if reply.status in _NO_BACK_END:
            raise _BrokenError(f"{backends} does not answer Traefik (HTTP {reply.status})")
        return backends


def _status(reply: Reply) -> str:
    if reply.status >= 500:
        raise _BrokenError(f"HTTP {reply.status}")
    return str(reply.status)


def host_of(url: str) -> str:
    """Return the host of a URL."""
    return urlsplit(url).hostname or ""
