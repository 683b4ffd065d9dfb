"""Stacks whose changed routes Traefik would not take: what is published of them stays, and so do its names in DNS.

Names come before routes in a run, so this is looked at before anything is declared, and only where a name would leave.
"""

from __future__ import annotations

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.routes.declared_hosts import routed_hosts
from phoenix_providers.planning.routes.names import names_in, settled_parts
from phoenix_providers.planning.routes.partial_routes import PartialRoutes
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.planning.traefik.file_names import STACKS_FILE


def held_back(settings: Settings, plan: SitePlan, known: Recorded) -> frozenset[str]:
    """Return those, by NAME@VMID; none where nobody answers, which the publishing tells."""
    from phoenix_providers.operations.clients_of_run import ClientsOfRun
    from phoenix_providers.operations.traefik.routes_ahead import routes_ahead

    leaving = frozenset(
        stack.resource_name
        for stack in plan.stacks
        if {*routed_hosts(known.routes.get(stack.resource_name, {}))} - {*routed_hosts(stack.routes)}
    )
    if not leaving or not settings.traefik_target:
        return frozenset()
    wanted = {stack.resource_name: stack.routes for stack in plan.stacks}
    settled = settled_parts(wanted, known.routes, names_in(plan.infrastructure))
    connections = ClientsOfRun(settings, Credentials.from_raw({}))
    place = (STACKS_FILE, settings.traefik_target, settings.traefik_api_url or "")
    ahead = routes_ahead(connections, PartialRoutes(settled, known.routes), place, plan.infrastructure, lambda _: None)
    return leaving & ahead.told.keys()
