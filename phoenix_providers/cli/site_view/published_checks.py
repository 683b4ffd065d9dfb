"""What is published now, as routes that can be followed."""

from __future__ import annotations

from phoenix_providers.cli.site_view.stored_site import StoredSite
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.routes.guest_routes import router_of
from phoenix_providers.planning.routes.route_checks import RouteCheck, route_checks
from phoenix_providers.planning.routes.unpublished_routes import unpublished_routes
from phoenix_providers.planning.site_plan import SitePlan


def published_checks(stored: StoredSite, configuration: Configuration | None, plan: SitePlan) -> tuple[RouteCheck, ...]:
    """Return one check for each routed name; those of stacks that are held are only there if they are published."""
    stacks = {name: one.outputs for name, one in stored.stacks.items()}
    missing = unpublished_routes(stacks, stored.parts, stored.refused)
    for stack in plan.stacks:
        if stack.held:
            missing.pop(stack.resource_name, None)
    records = {record.hostname: record.ip for record in plan.dns}
    mended_by = {record.hostname: record.mended_by for record in plan.dns}
    known = configuration.guests if configuration is not None else ()
    guests = {router_of(one.traefik_service.name): one.name for one in known if one.traefik_service}
    return route_checks(stored.parts, records, missing, mended_by, guests)
