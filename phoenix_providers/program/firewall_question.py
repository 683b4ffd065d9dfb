"""What is asked of the firewall: what it becomes, and on which connections it decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from phoenix_providers.planning.firewall.connections.needed_connections import as_input
from phoenix_providers.planning.firewall.connections.stack_connections import connections_of
from phoenix_providers.planning.proxmox.api_words import wanted_by_scope
from phoenix_providers.planning.proxmox.firewall_options import DECIDING
from phoenix_providers.planning.proxmox.guest_resources import leaving_guests
from phoenix_providers.planning.site.unknown_stacks import kept_fields
from phoenix_providers.program import firewall_names
from phoenix_providers.program.site import Site


def question(site: Site, names: Collection[str] = ()) -> dict[str, Any]:
    """Return what `look_ahead` wants to know, of all needed connections or those of these names."""
    plan, places = site.plan, wanted_by_scope(site.plan, site.settled)
    declared = [scope.guest_id for scope in places]
    return {
        "proxmox": site.proxmox,
        "node": plan.node,
        "networks": dict(plan.networks),
        "wanted": [
            {"scope": scope.as_input(), "rules": content["rules"], "options": _deciding(content["options"])}
            | ({"kept": list(kept)} if (kept := kept_fields(plan, scope)) else {})
            for scope, content in places.items()
            if scope.kind != "node"
        ],
        "connections": [as_input(one) for one in plan.connections if not names or one.name in names],
        "sync_address": site.settings.sync_address or "",
        "guests": dict(plan.guest_addresses),
        "in_use": sorted(site.in_use),
        "traefik_api": site.settings.traefik_api_url or "",
        "portainer": dict(site.server),
        # A run for one stack removes nothing.
        "leaving_guests": sorted(leaving_guests(site.recorded, declared)) if site.declared is None else [],
        **firewall_names.for_check(site),
    }


def scoped_question(site: Site) -> dict[str, Any]:
    """Return what a run for some targets wants to know; of which stacks is told by who is called at all."""
    return {
        **question(site),
        "allowed": list(site.settings.allow_cut),
        "places": dict(site.plan.rule_places),
        "of": {stack.resource_name: list(connections_of(site.plan, stack)) for stack in site.plan.stacks},
    }


def _deciding(options: Mapping[str, str]) -> dict[str, str]:
    return {key: options[key] for key in DECIDING if key in options}
