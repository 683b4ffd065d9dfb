"""Following the routes that a run has just published; who demands an answer and gets none is recorded."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from phoenix_providers.clock import Deadline
from phoenix_providers.errors import ProductError
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.traefik.route_chain import Chain, survey
from phoenix_providers.planning.routes.route_checks import RouteCheck, route_checks
from phoenix_providers.planning.routes.route_following import RouteFollowing

# Set by `phoenix`, which follows the routes itself when the engine is done: no warning comes twice.
FOLLOWED_LATER = "PHOENIX_FOLLOWS_ROUTES"
# A service may need a moment more than its container; nothing else gets better by itself.
_MAY_COME = {"back end", "status"}
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.5
Parts = Mapping[str, DynamicConfiguration]


def unanswered(
    connections: ClientsOfRun, api: str, follow: RouteFollowing, parts: Parts, say: Callable[[str], None]
) -> dict[str, str]:
    """Follow the routes of these parts; return the reason by owner, of those that demand an answer.

    All others are warned of.

    Args:
        connections: Clients and time.
        api: URL of Traefik's API.
        follow: Who is asked for names, which IP they have, and who demands an answer.
        parts: Published routes by owner.
        say: Takes a warning.
    """
    demanding = set(follow.demanding or ())
    checks = route_checks(parts, follow.records, {})
    try:
        broken = _broken(connections, api, follow.name_server, checks)
    except ProductError as error:
        say(f"warning: the routes were not followed: {error.explanation.what}")
        return {
            owner: f"its routes have to be answered: {error.explanation.text()}" for owner in demanding & set(parts)
        }
    _warn([chain for chain in broken if chain.check.owner not in demanding], say)
    reasons: dict[str, list[str]] = {}
    for chain in broken:
        if chain.check.owner in demanding:
            reasons.setdefault(chain.check.owner, []).append(chain.reason)
    return {owner: f"its routes have to be answered: {'; '.join(found)}" for owner, found in reasons.items()}


def _broken(connections: ClientsOfRun, api: str, name_server: str, checks: Sequence[RouteCheck]) -> Sequence[Chain]:
    deadline = Deadline.after(connections.clock, _PATIENCE_SECONDS)
    settled: list[Chain] = []
    while checks:
        chains = survey(connections.traefik(api), name_server, checks)
        broken = [chain for chain in chains if chain.broken]
        waiting = [chain for chain in broken if chain.broken and chain.broken.name in _MAY_COME and not deadline.passed]
        settled += [chain for chain in broken if chain not in waiting]
        checks = [chain.check for chain in waiting]
        if waiting:
            connections.clock.sleep(_PAUSE_SECONDS)
    return settled


def _warn(broken: Sequence[Chain], say: Callable[[str], None]) -> None:
    if broken and not os.environ.get(FOLLOWED_LATER):
        lines = [f"  {chain.reason}" for chain in broken]
        say("\n".join(["warning: not every route is answered (`phoenix check` follows them again)", *lines]))
