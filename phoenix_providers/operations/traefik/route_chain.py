"""Following one route: DNS answer, entry point, router, back end, status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from phoenix_providers.clients.dns.name_server import NameServer, open_name_server
from phoenix_providers.clients.probes.route_probe import Reply, ask, require_listener
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.errors import PhoenixError, UnreachableError
from phoenix_providers.models.traefik_records import RunningConfiguration, TraefikItem
from phoenix_providers.planning.routes.guest_routes import url_host
from phoenix_providers.planning.routes.route_checks import RouteCheck
from phoenix_providers.planning.routes.way_of_names import (
    doors,
    goes_astray,
    is_elsewhere,
    lead_to_traefik,
    redirected_to,
)
from phoenix_providers.planning.traefik.live_check import live_items, unproven

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
    """The chain ends here, with this reason, and what to do."""

    def __init__(self, reason: str, next_step: str = "") -> None:
        super().__init__(reason)
        self.next_step = next_step


@dataclass
class _Way:
    """What has been found on one way so far; `address` is where DNS leads, if it was asked."""

    address: str = ""
    reply: Reply | None = None
    at_traefik: Reply | None = None


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
    running: RunningConfiguration

    def follow(self, check: RouteCheck) -> Chain:
        """Follow one route to its end, or to where it breaks."""
        steps: list[Step] = []
        way = _Way()
        links: tuple[Callable[[], str], ...] = (
            lambda: self._dns(check, way),
            lambda: self._entry_point(check, way),
            lambda: self._router(check),
            lambda: self._back_end(check, way),
            lambda: _status(way),
        )
        for name, link in zip(STEPS, links, strict=True):
            try:
                steps.append(Step(name, True, link()))
            except _BrokenError as error:
                steps.append(Step(name, False, str(error), error.next_step))
                break
            except PhoenixError as error:
                explanation = error.explanation
                seen = f"{explanation.what[:1].lower()}{explanation.what[1:]}: {explanation.seen}"
                steps.append(Step(name, False, f"{explanation.where}: {seen}", explanation.next_step))
                break
        return Chain(check, tuple(steps))

    def _dns(self, check: RouteCheck, way: _Way) -> str:
        if self.name_server is None or not check.host:
            return "not asked"
        version = ip_address(check.record).version if check.record else 4
        answer = self.name_server.addresses(check.host, version)
        if not answer:
            raise _BrokenError(f"{self.name_server} knows no {check.host}", self._published(check))
        if check.record and check.record not in answer:
            raise _BrokenError(f"{', '.join(answer)} instead of {check.record}", self._published(check))
        way.address = check.record or answer[0]
        return ", ".join(answer)

    def _published(self, check: RouteCheck) -> str:
        """Say how DNS gets the record."""
        if not check.record:
            return f"add a record of {check.host} to DNS, such as an entry in a guest's dns_records"
        host = self.name_server.address if self.name_server else ""
        return f"phoenix sync all   (publishes names; if the record is there: ssh root@{host} systemctl reload dnsmasq)"

    def _entry_point(self, check: RouteCheck, way: _Way) -> str:
        name, address, port = self._listener(check)
        if check.protocol == "udp":
            return f"{name} {url_host(address)}:{port}"
        if not way.address or not is_elsewhere(way.address, address):
            require_listener(address, port, timeout=_TIMEOUT)
            return f"{name} {url_host(address)}:{port}"
        door = self._door(check, way.address, address, port)
        if check.protocol == "http":
            self._compare(check, way, door, (address, port))
        return f"{name} {url_host(way.address)}:{door[0]}"

    def _door(self, check: RouteCheck, there: str, traefik: str, port: int) -> tuple[int, bool]:
        """Return where DNS leads: the first port of those that a browser asks at which somebody listens."""
        tls = self._by_tls(check, self._listener(check)[0])
        tried = doors(port, tls=tls) if check.protocol == "http" else ((port, tls),)
        for door in tried:
            try:
                require_listener(there, door[0], timeout=_TIMEOUT)
            except UnreachableError:
                continue
            return door
        ports = " and ".join(str(number) for number, _ in tried)
        raise _BrokenError(
            f"DNS leads to {there}, where nothing answers on port {ports}, not to Traefik at {traefik}",
            lead_to_traefik(check, traefik, there),
        )

    def _compare(self, check: RouteCheck, way: _Way, door: tuple[int, bool], traefik: tuple[str, int]) -> None:
        """Ask there and at Traefik itself: a gateway in front of it gives the same answer, anybody else does not."""
        (port, tls), own_tls = door, self._by_tls(check, self._listener(check)[0])
        way.reply = ask(way.address, port, check.host, check.path, tls=tls, timeout=_TIMEOUT)
        if (over := redirected_to(check.host, way.reply.status, way.reply.location)) is not None:
            way.reply = ask(way.address, over, check.host, check.path, tls=True, timeout=_TIMEOUT)
        try:
            way.at_traefik = ask(*traefik, check.host, check.path, tls=own_tls, timeout=_TIMEOUT)
        except UnreachableError:
            # Traefik may be known here by another address, or be reached through a gateway alone.
            return
        if goes_astray(way.reply.status, way.at_traefik.status):
            raise _BrokenError(
                f"DNS leads to {way.address}, which answers HTTP {way.reply.status}, "
                f"not to Traefik at {traefik[0]} (HTTP {way.at_traefik.status})",
                lead_to_traefik(check, traefik[0], way.address),
            )

    def _listener(self, check: RouteCheck) -> tuple[str, str, int]:
        live = [point for router in self._live(check) for point in router.get("using") or ()]
        points = [*(check.entry_points or live or self._defaults(check)), ""]
        # Where there are two, the one without TLS often redirects to the other, whatever the back end does.
        name = next((point for point in points if point and self._by_tls(check, point)), points[0])
        if name not in self.entry_points:
            known = ", ".join(sorted(self.entry_points))
            raise _BrokenError(
                f"Traefik has no entry point {name}",
                f"name one of {known} in the route, or add {name} to the static configuration of Traefik",
            )
        address, _, port = self.entry_points[name].partition("/")[0].rpartition(":")
        address = address.strip("[]")
        return name, self.api_host if address in _ANY_ADDRESS else address, int(port)

    def _live(self, check: RouteCheck) -> list[TraefikItem]:
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
            raise _BrokenError(f"not published: {check.unpublished}", "phoenix sync all   (it says what is wrong)")
        if reasons := unproven({check.protocol: {"routers": {check.router: check.configuration}}}, self.running):
            raise _BrokenError("; ".join(map(str, reasons)), "phoenix sync all   (it publishes the routes again)")
        return check.router

    def _back_end(self, check: RouteCheck, way: _Way) -> str:
        if check.protocol != "http":
            return _taken(check)
        if way.reply is None:
            name, address, port = self._listener(check)
            way.reply = ask(address, port, check.host, check.path, tls=self._by_tls(check, name), timeout=_TIMEOUT)
        reply = way.at_traefik or way.reply
        backends = ", ".join(check.backends)
        if reply.status in _NO_BACK_END:
            raise _BrokenError(
                f"{backends} does not answer Traefik (HTTP {reply.status})",
                "look at the back end: whether it runs, listens on that port, and its firewall lets Traefik in",
            )
        return backends


def _taken(check: RouteCheck) -> str:
    """Connect to TCP back ends from here: through Traefik nobody can tell who took the connection."""
    if check.protocol == "tcp":
        for backend in check.backends:
            address, _, port = backend.rpartition(":")
            if port.isdigit():
                require_listener(address.strip("[]"), int(port), timeout=_TIMEOUT)
    return ", ".join(check.backends)


def _status(way: _Way) -> str:
    if way.reply is None:
        return "not asked"
    status = way.reply.status
    if status >= 500:
        raise _BrokenError(f"HTTP {status}", "the back end itself fails: look at its log")
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
