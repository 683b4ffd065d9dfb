"""The lists in the files that hold the rules of one place on Proxmox."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.firewall.derivation import SITE_RULES, guest_rules_path
from phoenix_providers.planning.firewall.rules.declared_rules import Path
from phoenix_providers.planning.firewall.rules.order import FileList, file_lists
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site_plan import FirewallPlan


def places_of_rules(plan: FirewallPlan, scope: ProxmoxScope) -> Sequence[Path]:
    """Return where each rule of a place stands, in the order in which they count."""
    if scope.guest_id:
        return plan.guests[scope.guest_id].places
    return plan.places if scope.kind == "cluster" else ()


def lists_of_rules(configuration: Configuration, plan: FirewallPlan, scope: ProxmoxScope) -> tuple[FileList, ...]:
    """Return the lists that may get more rules; manifests of stacks are none, since stacks may run on several VMs."""
    if scope.kind == "node":
        return ()
    guests = [guest_rules_path(guest) for guest in configuration.guests if scope.guest_id in (0, guest.id)]
    paths = guests if scope.guest_id else [SITE_RULES, *guests]
    return file_lists(places_of_rules(plan, scope), paths)
