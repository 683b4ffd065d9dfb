"""Routes that appear, move or vanish between two configurations of Traefik."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.models.traefik_records import DynamicConfiguration, TraefikItem


@dataclass(frozen=True)
class Route:
    """A router with what it leads to."""

    name: str
    rule: str
    targets: tuple[str, ...]
    rest: str


def routes_of(configuration: DynamicConfiguration) -> dict[str, Route]:
    """Return the routers of all protocols, by name."""
    found = {}
    for section in configuration.values():
        if not isinstance(section, Mapping):
            continue
        services = section.get("services") or {}
        for name, router in (section.get("routers") or {}).items():
            service = str(router.get("service") or "")
            found[str(name)] = Route(
                str(name),
                str(router.get("rule") or ""),
                tuple(_targets(services.get(service))) or (service,),
                repr(sorted((str(key), str(value)) for key, value in router.items() if key not in {"rule", "service"})),
            )
    return found


def route_notes(before: DynamicConfiguration, after: DynamicConfiguration) -> Iterator[str]:
    """Yield in words what becomes of each route that does not stay as it is."""
    had, has = routes_of(before), routes_of(after)
    for name in sorted({*had, *has}):
        old, new = had.get(name), has.get(name)
        if old is None and new is not None:
            yield f"route {_shown(new)} appears"
        elif new is None and old is not None:
            yield f"route {_shown(old)} vanishes"
        elif old is not None and new is not None and old != new:
            yield from _changes(old, new)


def has_same_routes(before: DynamicConfiguration, after: DynamicConfiguration) -> bool:
    """Whether both lead the same requests to the same places."""
    return routes_of(before) == routes_of(after)


def _changes(old: Route, new: Route) -> Iterator[str]:
    if old.rule != new.rule:
        yield f"route {_host(old)} becomes {_host(new)}"
    if old.targets != new.targets:
        yield f"route {_host(new)} moves from {', '.join(old.targets)} to {', '.join(new.targets)}"
    if (old.rule, old.targets) == (new.rule, new.targets):
        yield f"route {_host(new)} gets other options"


def _shown(route: Route) -> str:
    return f"{_host(route)} → {', '.join(route.targets)}"


def _host(route: Route) -> str:
    """Return what stands between the accents of a rule, which is the name that users know, or the rule itself."""
    names = route.rule.split("`")[1::2]
    return ", ".join(names) if names and len(names) <= 2 else route.rule or route.name


def _targets(service: TraefikItem | None) -> Iterator[str]:
    balancer: Any = (service or {}).get("loadBalancer") or {}
    for server in balancer.get("servers") or ():
        yield str(server.get("url") or server.get("address") or "").partition("://")[2] or str(server.get("address"))
