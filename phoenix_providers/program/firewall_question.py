"""What is asked of the firewall: what it becomes, and on which connections it decides."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.planning.firewall.asked_place import AskedPlace
from phoenix_providers.planning.firewall.connections.stack_connections import connections_of
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.planning.proxmox.api_words import wanted_by_scope
from phoenix_providers.planning.proxmox.firewall_options import DECIDING
from phoenix_providers.planning.proxmox.guest_resources import leaving_guests
from phoenix_providers.planning.proxmox.wanted_place import WantedFirewall, WantedPlace
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site.unknown_stacks import kept_fields
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.program import firewall_names
from phoenix_providers.program.site import Site


def question(site: Site) -> FirewallQuestion:
    """Return it, about all needed connections."""
    plan, places = site.plan, wanted_by_scope(site.plan, site.settled)
    declared = [scope.guest_id for scope in places]
    return FirewallQuestion(
        proxmox=site.proxmox,
        node=plan.node,
        networks=plan.networks,
        wanted=_asked(plan, places),
        connections=plan.connections,
        sync_address=site.settings.sync_address or "",
        guests=plan.guest_addresses,
        in_use=site.in_use,
        traefik_api=site.settings.traefik_api_url or "",
        portainer=site.server,
        # A run for one stack removes nothing.
        leaving_guests=frozenset(leaving_guests(site.recorded, declared) if site.declared is None else ()),
        names=firewall_names.for_check(site),
        allowed=tuple(site.settings.allow_cut),
        until_removed=site.agent_connections,
        places=plan.rule_places,
        of={stack.resource_name: tuple(connections_of(plan, stack)) for stack in plan.stacks},
    )


def outside_a_run(plan: SitePlan, proxmox: str, sync_address: str) -> FirewallQuestion:
    """Return the same for whoever only looks, and knows nothing of the last run."""
    return FirewallQuestion(
        proxmox=proxmox,
        node=plan.node,
        networks=plan.networks,
        wanted=_asked(plan, wanted_by_scope(plan)),
        connections=plan.connections,
        sync_address=sync_address,
        guests=plan.guest_addresses,
        places=plan.rule_places,
    )


def _asked(plan: SitePlan, places: Mapping[ProxmoxScope, WantedPlace]) -> tuple[AskedPlace, ...]:
    return tuple(
        AskedPlace(scope, content.rules, _deciding(content.options), tuple(kept_fields(plan, scope)))
        for scope, content in places.items()
        if isinstance(content, WantedFirewall)
    )


def _deciding(options: Mapping[str, str]) -> dict[str, str]:
    return {key: options[key] for key in DECIDING if key in options}
