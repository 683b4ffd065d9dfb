"""Steps 5 and 7: routes in Traefik, of guests first and of stacks at last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pulumi

from phoenix_providers.models.engine_properties import Properties
from phoenix_providers.planning.routes.declared_routes import DeclaredRoutes
from phoenix_providers.planning.routes.route_checks import WHOLE
from phoenix_providers.planning.routes.route_following import RouteFollowing
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, STACKS_FILE
from phoenix_providers.program.firewall_question import question
from phoenix_providers.program.site import Site, after
from phoenix_providers.program.tree import TRAEFIK_INFRASTRUCTURE, TRAEFIK_STACKS
from phoenix_providers.resources.portainer_stack import PortainerStack
from phoenix_providers.resources.traefik_config import TraefikConfig


def declare_infrastructure(site: Site, before: Iterable[pulumi.Resource]) -> list[TraefikConfig]:
    """Declare the routes of guests and of the dashboard."""
    if not site.declares("traefik-infrastructure"):
        return []
    return [
        TraefikConfig(
            "traefik-infrastructure",
            target=site.settings.traefik_target or "",
            api=site.settings.traefik_api_url or "",
            file=INFRASTRUCTURE_FILE,
            parts={WHOLE: site.plan.infrastructure},
            declared=_declared(site),
            follow=_asking(site),
            opts=after(before, site.tree.inside(TRAEFIK_INFRASTRUCTURE)),
        )
    ]


def declare_stacks(
    site: Site, stacks: Mapping[str, PortainerStack], infrastructure: Sequence[TraefikConfig]
) -> list[TraefikConfig]:
    """Declare the routes of stacks, behind those of the infrastructure.

    They come from the stacks' outputs only: a stack out of scope gives its old output, so its routes stay as they are.
    """
    if not site.declares("traefik-stacks"):
        return []
    # Whose agent does not answer for the last time is gone for Traefik.
    parts: Properties = {
        name: stack.published for name, stack in stacks.items() if name not in site.handover.unreached_for
    }
    parts |= {stack.resource_name: stack.routes for stack in site.plan.stacks if stack.bootstrap}
    # Blocked means untouched, for routes of stacks that are no resource of ours as well.
    blocked = [stack.resource_name for stack in site.plan.stacks if stack.keeps_routes]
    expected = {stack.resource_name: dict(stack.routes) for stack in site.plan.stacks}
    return [
        TraefikConfig(
            "traefik-stacks",
            target=site.settings.traefik_target or "",
            api=site.settings.traefik_api_url or "",
            file=STACKS_FILE,
            parts=parts,
            kept=blocked,
            expected=expected,
            beside=infrastructure[0].text if infrastructure else "",
            places={stack.resource_name: stack.label_places for stack in site.plan.stacks},
            former=site.handover.renamed,
            declared=_declared(site),
            follow=_follow(site, stacks),
            firewall=question(site),
            opts=after([*infrastructure, *stacks.values()], site.tree.inside(TRAEFIK_STACKS)),
        )
    ]


def _declared(site: Site) -> dict[str, DeclaredRoutes]:
    """Return all that the files say, and what leaves by them: by it routes are known that no state knows."""
    addresses = {vmid: address for address, vmid in site.plan.guest_addresses.items()}
    left = {
        stack.name: DeclaredRoutes(stack.routes, stays=stack in site.handover.held)
        for stack in (*site.handover.leaving, *site.handover.held, *site.handover.unreached)
    }
    stacks = {
        stack.resource_name: DeclaredRoutes(
            stack.labelled,
            # Some of its routes may be what could not be read.
            address=addresses.get(stack.vmid, "") if stack.keeps_routes else "",
            stays=bool(stack.labelled or stack.untouched) and not stack.withdraws_routes,
        )
        for stack in site.plan.stacks
    }
    return {**left, **stacks, WHOLE: DeclaredRoutes(site.plan.infrastructure)}


def _follow(site: Site, stacks: Mapping[str, PortainerStack]) -> RouteFollowing:
    """Say how a published route is followed; names are asked for only where the settings say whom to ask."""
    demanding = tuple(stack.resource_name for stack in site.plan.stacks if stack.demands_answer)
    deployed = {name: stacks[name].stamp for name in demanding if name in stacks}
    return replace(_asking(site), demanding=demanding, deployed=deployed)


def _asking(site: Site) -> RouteFollowing:
    return RouteFollowing(site.settings.dns_server or "", {record.hostname: record.ip for record in site.plan.dns})
