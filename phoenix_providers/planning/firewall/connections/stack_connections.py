"""Which of the needed connections are those of one stack."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.firewall.connections.needed_connections import back_ends
from phoenix_providers.planning.site_plan import SitePlan, StackPlan


def connections_of(plan: SitePlan, stack: StackPlan) -> tuple[str, ...]:
    """Return the names of those to the back ends of a stack's routes, and to the agent that deploys it."""
    agent = f"agent@{stack.vmid}"
    return (*backends_of(plan, stack.routes), *(one.name for one in plan.connections if one.name == agent))


def backends_of(plan: SitePlan, routes: DynamicConfiguration) -> tuple[str, ...]:
    """Return the names of the connections to the back ends of routes."""
    return _at(plan, back_ends(routes))


def lost_backends(plan: SitePlan, old: DynamicConfiguration, new: DynamicConfiguration) -> tuple[str, ...]:
    """Return those of new routes without those that the old ones have had: they work now, or do not work either."""
    had = set(back_ends(old))
    return _at(plan, (end for end in back_ends(new) if end not in had))


def _at(plan: SitePlan, ends: Iterable[tuple[str, int, str]]) -> tuple[str, ...]:
    by_end = {(one.dest, one.port, one.proto): one.name for one in plan.connections if one.name.startswith("backend@")}
    return tuple(dict.fromkeys(by_end[end] for end in ends if end in by_end))
