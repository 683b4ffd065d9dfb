"""Routes of guests that Traefik has in just the form in which a site makes them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from phoenix_providers.models.file_content import FileContent
from phoenix_providers.models.running_site import RunningGuest, RunningTraefik
from phoenix_providers.models.traefik_records import RunningConfiguration, TraefikItem
from phoenix_providers.planning.discovery.machines import Machines
from phoenix_providers.planning.discovery.not_carried import NotCarried
from phoenix_providers.planning.discovery.transport import discovered_transport
from phoenix_providers.planning.names import qualified
from phoenix_providers.planning.routes.guest_routes import DASHBOARD_ROUTER
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, STACKS_FILE
from phoenix_providers.planning.traefik.structure_check import loadable
from phoenix_providers.planning.traefik.surroundings import Kind, defined_names, read_other

_SCRIPTS = "traefik-dashboard-router"
_NEXT = (
    "it stays in your own file; as traefik_service of a guest, or as a label of a stack, it can be declared later, "
    "and taken out of that file"
)
_OURS = (
    f"declare it as traefik_service of a guest, or move it from {INFRASTRUCTURE_FILE} into a file of your own beside it"
)


@dataclass(frozen=True)
class DiscoveredRoutes:
    """What of the routes is carried.

    Attributes:
        services: `traefik_service` by guest.
        entry_points: Those that all of them have, if they are not the usual.
        transport: The setting of the servers transport; empty if it is the usual.
    """

    services: Mapping[int, FileContent] = field(default_factory=dict)
    entry_points: tuple[str, ...] = ()
    transport: Mapping[str, str] = field(default_factory=dict)


def discovered_routes(
    traefik: RunningTraefik | None, machines: Machines, domain: str, left: list[NotCarried]
) -> DiscoveredRoutes:
    """Return what is carried of them; those of an earlier site come first, since its file is this one's now."""
    services: dict[int, FileContent] = {}
    usual: tuple[tuple[str, ...], str] | None = None
    routing = traefik.routing if traefik is not None else {}
    ours, of_stacks = (_defined(traefik, file) for file in (INFRASTRUCTURE_FILE, STACKS_FILE))
    own = ours.get(("http", "routers"), frozenset())
    routers = (routing.get("routers") or {}).items()
    for full, router in sorted(routers, key=lambda one: (one[0].partition("@")[0] not in own, one[0])):
        name, _, provider = full.partition("@")
        if provider == "internal" or name == DASHBOARD_ROUTER:
            continue
        points = tuple(router.get("entryPoints") or ())
        found = _of_guest(name, provider, router, routing, machines, domain)
        if found is None or found.guest.number in services or not _fits(usual, points, found.transport):
            left += _left(full, provider, "http", router, ours, of_stacks)
            continue
        if reason := _held_elsewhere(name, traefik.files if traefik is not None else None):
            service = found.service
            left.append(
                NotCarried(
                    f"route {full} ({router.get('rule')})",
                    reason,
                    f"in one go: traefik_service: {{name: {service['name']}, port: {service['port']}}} at "
                    f"{found.guest.name}; and {name} and {service['name']}-service out of that file",
                )
            )
            continue
        usual = (points, found.transport or (usual[1] if usual else ""))
        services[found.guest.number] = found.service
    for kind in ("tcp", "udp"):
        for full, router in (routing.get(f"{kind}Routers") or {}).items():
            left += _left(full, full.partition("@")[2], kind, router, ours, of_stacks)
    points, transport = usual or ((), "")
    scripts = frozenset(name for name, text in ((traefik and traefik.files) or {}).items() if _SCRIPTS in text)
    setting = discovered_transport(traefik, transport, scripts, left)
    return DiscoveredRoutes(services, points if points != ("web",) else (), setting)


def _fits(usual: tuple[tuple[str, ...], str] | None, points: tuple[str, ...], transport: str) -> bool:
    """Whether it has what all of a site's own routes have in common."""
    return usual is None or (usual[0] == points and transport in ("", usual[1] or transport))


def _defined(traefik: RunningTraefik | None, file: str) -> Mapping[Kind, frozenset[str]]:
    return defined_names(loadable(traefik.ours.get(file)) or {}) if traefik is not None else {}


class _Found(NamedTuple):
    guest: RunningGuest
    service: FileContent
    transport: str


def _of_guest(
    name: str,
    provider: str,
    router: TraefikItem,
    routing: RunningConfiguration,
    machines: Machines,
    domain: str,
) -> _Found | None:
    said = re.fullmatch(r"(.+)-router", name)
    if provider != "file" or said is None or router.get("middlewares") or "tls" in router:
        return None
    own = said[1]
    wanted = f"{own}-service"
    host = own if "." in own and qualified(own, domain) is not None else f"{own}.{domain}"
    if router.get("rule") != f"Host(`{host}`)" or str(router.get("service")).removesuffix("@file") != wanted:
        return None
    balancer = ((routing.get("services") or {}).get(f"{wanted}@file") or {}).get("loadBalancer") or {}
    servers = list(balancer.get("servers") or [])
    if len(servers) != 1 or set(servers[0]) != {"url"}:
        return None
    url = urlsplit(str(servers[0]["url"]))
    guest = machines.at(url.hostname or "")
    if guest is None or url.port is None or url.path not in ("", "/"):
        return None
    scheme = "https" if guest.kind == "vm" else "http"
    transport = str(balancer.get("serversTransport") or "").removesuffix("@file")
    if url.scheme != scheme or bool(transport) != (guest.kind == "vm"):
        return None
    return _Found(guest, {"name": own, "port": url.port}, transport)


def _held_elsewhere(router: str, files: Mapping[str, str] | None) -> str:
    """Say in which file of somebody else it stands; then no run may define it; the old scripts give way."""
    if files is None:
        return "which file it stands in is not known without --traefik-target"
    for file, text in files.items():
        known = read_other(file, text)
        if router in known.names.get(("http", "routers"), ()) and _SCRIPTS not in text:
            return f"it stands in {file}, which is yours"
        if known.opaque and router in text:
            return f"it seems to stand in {file}, which is yours"
    return ""


def _left(
    full: str,
    provider: str,
    protocol: str,
    router: TraefikItem,
    ours: Mapping[Kind, Collection[str]],
    of_stacks: Mapping[Kind, Collection[str]],
) -> list[NotCarried]:
    """Say what becomes of it; what an earlier site has published of stacks is compared with their labels."""
    name, kind = full.partition("@")[0], (protocol, "routers")
    what = f"route {full} ({router.get('rule') or 'no rule'})"
    if provider != "file":
        return [NotCarried(what, f"Traefik has it from its provider {provider}, and goes on so")]
    if name in of_stacks.get(kind, ()):
        return []
    form = "it has another form than a site's own routes"
    if name in ours.get(kind, ()):
        reason = f"an earlier site has published it, and {form}; the first run refuses to drop it"
        return [NotCarried(what, reason, _OURS)]
    return [NotCarried(what, form, _NEXT)]
