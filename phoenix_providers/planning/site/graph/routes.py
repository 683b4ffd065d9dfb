"""Routes of guests and stacks, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.routes.guest_routes import DASHBOARD_ROUTER, router_of
from phoenix_providers.planning.routes.route_checks import WHOLE, RouteCheck, route_checks
from phoenix_providers.planning.site.graph.guests import guest_id
from phoenix_providers.planning.site.graph.picture import Detail, Edge, Thing
from phoenix_providers.planning.site.graph.stacks import remark, stack_id
from phoenix_providers.planning.site_plan import SitePlan, StackPlan

LEADS_TO = "leads to"


def routes(configuration: Configuration, plan: SitePlan) -> tuple[tuple[Thing, ...], tuple[Edge, ...]]:
    """Return all routed names, sorted, and what they lead to; those of stacks that are blocked as their labels say."""
    of_guests = {router_of(one.traefik_service.name): one for one in configuration.guests if one.traefik_service}
    things: dict[str, Thing] = {}
    edges: list[Edge] = []
    for check in _checks(plan):
        identity = f"route:{check.router}/{check.name}{_path(check)}"
        guest = of_guests.get(check.router) if check.owner == WHOLE else None
        place = configuration.locate(*guest.declared_at, "traefik_service", "name") if guest else None
        stack = next((one for one in plan.stacks if one.resource_name == check.owner), None)
        target = guest_id(guest.id) if guest else stack_id(stack.resource_name) if stack else ""
        things[identity] = Thing(
            identity,
            "route",
            check.name,
            f"{check.name}{_path(check)}",
            _what(check, guest.name if guest else ""),
            (str(place),) if place else _places(check, stack),
            remark=check.unpublished,
            details=_details(check),
            also=(check.router,),
        )
        if target:
            edges.append(Edge(identity, target, LEADS_TO))
    return tuple(sorted(things.values(), key=lambda thing: (thing.title, thing.id))), tuple(edges)


def _checks(plan: SitePlan) -> tuple[RouteCheck, ...]:
    parts: dict[str, DynamicConfiguration] = {WHOLE: plan.infrastructure}
    unpublished: dict[str, tuple[DynamicConfiguration, str]] = {}
    for stack in plan.stacks:
        if stack.untouched or stack.keeps_routes:
            unpublished[stack.resource_name] = (stack.labelled, remark(stack))
        else:
            parts[stack.resource_name] = stack.routes
    records: Mapping[str, str] = {record.hostname: record.ip for record in plan.dns}
    return route_checks(parts, records, unpublished)


def _path(check: RouteCheck) -> str:
    return check.path if check.path != "/" else ""


def _what(check: RouteCheck, guest: str) -> str:
    if check.router == DASHBOARD_ROUTER:
        return "route to Traefik's own dashboard"
    return f"route to {f'guest {guest}' if guest else f'stack {check.owner}'}"


def _details(check: RouteCheck) -> tuple[Detail, ...]:
    said = check.configuration
    found = {
        "router": check.router,
        "rule": str(said.get("rule") or ""),
        "entry points": ", ".join(check.entry_points),
        "TLS": "yes" if check.tls else "",
        "middlewares": ", ".join(map(str, said.get("middlewares") or ())),
        "back end": ", ".join(check.backends),
        "DNS": f"{check.host} → {check.record}" if check.record else "",
    }
    return tuple(Detail(word, text) for word, text in found.items() if text)


def _places(check: RouteCheck, stack: StackPlan | None) -> tuple[str, ...]:
    """Return where the labels of a router stand, its rule first."""
    if stack is None:
        return ()
    prefix = f"{check.protocol}.routers.{check.router}.".lower()
    own = {key: place for key, place in stack.label_places.items() if key.startswith(prefix)}
    first = own.get(f"{prefix}rule") or next(iter(own.values()), "")
    return (first,) if first else ()
