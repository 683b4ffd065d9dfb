"""Routes of stacks as a preview sees them: judged by what is around them, before anything is written."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from phoenix_providers.errors import ProductError
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.traefik.scripts_take_over import leaving, without
from phoenix_providers.operations.traefik.surroundings import Say, broken_neighbours, look_ahead, to_the_user
from phoenix_providers.planning.routes.config_faults import config_faults
from phoenix_providers.planning.routes.names import names_in
from phoenix_providers.planning.routes.partial_routes import PartialRoutes


def routes_ahead(
    connections: ClientsOfRun | None,
    routes: PartialRoutes,
    place: tuple[str, str, str],
    beside: DynamicConfiguration,
    say: Say = to_the_user,
) -> PartialRoutes:
    """Return them judged as publishing does, as far as it can be seen; what is nobody's is said.

    Args:
        connections: Ways to Traefik.
        routes: Not judged yet.
        place: The file, its directory, and the URL of Traefik's API; "" for what is not known.
        beside: What our other file will say.
        say: What tells the user.
    """
    file, target, api = place
    around = look_ahead(connections, file, target, api, beside, say) if connections is not None else None
    if connections is None or around is None:
        routes.judge()
        return routes
    with suppress(ProductError):
        around = without(around, leaving(beside, connections.delivery(target)))
    for reason in broken_neighbours(around):
        say(reason.text())
    taken = frozenset((*kind, name) for other in around.others for kind, names in other.names.items() for name in names)
    ahead = PartialRoutes(routes.wanted, routes.before, frozenset(names_in(beside)), taken)
    if faults := ahead.judge(partial(config_faults, around=around)):
        say(f"pulumi up would not write {file}: {'; '.join(map(str, faults))}")
    return ahead
