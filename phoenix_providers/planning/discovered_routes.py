"""Routes of guests that Traefik has in just the form in which a site makes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from phoenix_providers.models.running_site import RunningGuest, RunningTraefik
from phoenix_providers.planning.infrastructure import DASHBOARD_ROUTER
from phoenix_providers.planning.machines import Machines
from phoenix_providers.planning.not_carried import NotCarried
from phoenix_providers.planning.surroundings import read_other

_SCRIPTS = "traefik-dashboard-router"
_NEXT = (
    "it stays in your own file; as traefik_service of a guest, or as a label of a stack, it can be declared later, "
    "and taken out of that file"
)


def discovered_routes(
    traefik: RunningTraefik | None, machines: Machines, domain: str, left: list[NotCarried]
) -> tuple[Mapping[int, Mapping[str, Any]], tuple[str, ...]]:
    """Return `traefik_service` by guest, and the entry points that all of them have, if they are not the usual."""
    services: dict[int, Mapping[str, Any]] = {}
    usual: tuple[str, ...] | None = None
    routing = traefik.routing if traefik is not None else {}
    for full, router in sorted((routing.get("routers") or {}).items()):
        name, _, provider = full.partition("@")
        if provider == "internal" or name == DASHBOARD_ROUTER:
            continue
        points = tuple(router.get("entryPoints") or ())
        found = _of_guest(name, provider, router, routing, machines, domain)
        if found is None or found[0].number in services or usual not in (None, points):
            left.append(_left(full, provider, router))
            continue
        if reason := _held_elsewhere(name, traefik.files if traefik is not None else None):
            guest, service = found
            left.append(
                NotCarried(
                    f"route {full} ({router.get('rule')})",
                    reason,
                    f"in one go: traefik_service: {{name: {service['name']}, port: {service['port']}}} at {guest.name};"
                    f" and {name} and {service['name']}-service out of that file",
                )
            )
            continue
        usual = points
        services[found[0].number] = found[1]
    for kind in ("tcpRouters", "udpRouters"):
        left += [_left(full, full.partition("@")[2], router) for full, router in (routing.get(kind) or {}).items()]
    return services, usual if usual and usual != ("web",) else ()


def _of_guest(
    name: str,
    provider: str,
    router: Mapping[str, Any],
    routing: Mapping[str, Any],
    machines: Machines,
    domain: str,
) -> tuple[RunningGuest, Mapping[str, Any]] | None:
    said = re.fullmatch(r"(.+)-router", name)
    if provider != "file" or said is None or router.get("middlewares") or "tls" in router:
        return None
    own = said[1]
    wanted = f"{own}-service"
    if router.get("rule") != f"Host(`{own}.{domain}`)" or str(router.get("service")).removesuffix("@file") != wanted:
        return None
    balancer = ((routing.get("services") or {}).get(f"{wanted}@file") or {}).get("loadBalancer") or {}
    servers = list(balancer.get("servers") or [])
    if len(servers) != 1 or set(servers[0]) != {"url"}:
        return None
    url = urlsplit(str(servers[0]["url"]))
    guest = machines.at(url.hostname or "")
    if guest is None or url.port is None or url.path not in ("", "/"):
        return None
    scheme, transport = ("https", True) if guest.kind == "vm" else ("http", False)
    if url.scheme != scheme or bool(balancer.get("serversTransport")) != transport:
        return None
    return guest, {"name": own, "port": url.port}


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


def _left(full: str, provider: str, router: Mapping[str, Any]) -> NotCarried:
    rule = str(router.get("rule") or "no rule")
    if provider != "file":
        return NotCarried(f"route {full} ({rule})", f"Traefik has it from its provider {provider}, and goes on so")
    return NotCarried(f"route {full} ({rule})", "it has another form than a site's own routes", _NEXT)
