"""Step 4: DNS, resolver and firewall on Proxmox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pulumi

from phoenix_providers.models.engine_properties import Properties
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.firewall.rules.icmp_repairs import has_icmp
from phoenix_providers.planning.proxmox.api_words import rule_words
from phoenix_providers.planning.proxmox.plugin_words import plugin_rule
from phoenix_providers.planning.proxmox.wanted_place import WantedFirewall
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site.unknown_stacks import kept_fields, kept_options
from phoenix_providers.planning.site_plan import GuestFirewallPlan
from phoenix_providers.program import closing_rules, firewall_names, readiness
from phoenix_providers.program.dns import publication
from phoenix_providers.program.plugin_classes import RulesLegacy
from phoenix_providers.program.proxmox_place import Place, Places, probing
from phoenix_providers.program.site import Site, after, as_before
from phoenix_providers.program.tree import CORE_INFRASTRUCTURE
from phoenix_providers.resources.firewall_check import FirewallCheck
from phoenix_providers.resources.firewall_confirm import FirewallConfirm
from phoenix_providers.resources.firewall_options import FirewallOptions
from phoenix_providers.resources.icmp_types import IcmpTypes


@dataclass(frozen=True)
class Core:
    """What step 4 leaves to the others.

    Attributes:
        last: Who comes after them comes after all.
        check: Knows which needed connections are closed; None where that is out of scope.
    """

    last: list[pulumi.Resource]
    check: FirewallCheck | None


def declare(site: Site, gates: Iterable[pulumi.Resource]) -> Core:
    """Declare all of it behind the gates; every rule comes before the switch that turns a policy on."""
    places = Places(site, list(gates))
    firewall = readiness.declare_again(site, _firewall(site, places))
    return Core([*publication.declare(site, places, firewall), *firewall], places.check)


def _firewall(site: Site, places: Places) -> list[pulumi.Resource]:
    firewall = site.plan.firewall
    places.guards = firewall_names.declare(site, places.guards)
    place = places.of(ProxmoxScope("cluster"))
    if site.declares("rules@cluster"):
        rules = closing_rules.sent(site, places, place.scope, firewall.cluster, plugin_rule)
        options = _keeping(site, place.scope, place.behind_guards())
        place.add(RulesLegacy("rules@cluster", rules=rules, opts=options))
    _icmp_types(site, place, firewall.cluster)
    guests = [resource for guest in firewall.guests.values() for resource in _guest(site, guest, places)]
    closing_rules.declare(site, places, place, guests)
    _options(site, place, guests)
    return _confirmed(site, places, place.last(guests))


def _confirmed(site: Site, places: Places, changed: list[pulumi.Resource]) -> list[pulumi.Resource]:
    """Declare what takes a change back that cuts something, behind all rules and options."""
    watch = places.watch
    if watch is None or not site.declares("firewall-confirm"):
        return changed
    return [
        FirewallConfirm(
            "firewall-confirm",
            proxmox=site.proxmox,
            probing=probing(site),
            change=watch.change,
            memory=watch.memory,
            opts=after(changed, site.tree.inside(CORE_INFRASTRUCTURE)),
        )
    ]


def _guest(site: Site, guest: GuestFirewallPlan, places: Places) -> list[pulumi.Resource]:
    """Declare one guest's rules, and behind them its options."""
    place = places.of(ProxmoxScope(guest.kind, guest.node, guest.guest_id))
    where = place.scope.suffix
    target: Properties = {"node_name": guest.node}
    target["vm_id" if guest.kind == "vm" else "container_id"] = guest.guest_id
    if site.declares(f"rules@{where}"):
        rules = closing_rules.sent(site, places, place.scope, guest.rules, plugin_rule)
        options = _keeping(site, place.scope, as_before(site, f"rules@{where}", place.behind_guards()))
        place.add(RulesLegacy(f"rules@{where}", rules=rules, **target, opts=options))
    _icmp_types(site, place, guest.rules)
    _options(site, place)
    return place.last()


def _icmp_types(site: Site, place: Place, rules: Sequence[FirewallRule]) -> None:
    """Declare what the plugin cannot write, where there is anything that it could concern."""
    name, listed = f"icmp-types@{place.scope.suffix}", [rule_words(rule) for rule in rules]
    # While it is unknown what a list will be, there is nothing that a new one could be made like.
    unknown = "rules" in kept_fields(site.plan, place.scope)
    if not (name in site.recorded if unknown else has_icmp(listed)) or not site.declares(name):
        return
    options = _keeping(site, place.scope, place.behind_own())
    place.add(IcmpTypes(name, proxmox=site.proxmox, scope=place.scope, rules=listed, opts=options))


def _options(site: Site, place: Place, others: Iterable[pulumi.Resource] = ()) -> None:
    """Declare a place's options behind all that it has so far, and behind `others`."""
    name, wanted = f"firewall@{place.scope.suffix}", place.wanted
    if not isinstance(wanted, WantedFirewall) or not site.declares(name):
        return
    place.add(
        FirewallOptions(
            name,
            proxmox=site.proxmox,
            scope=place.scope,
            options=wanted.options,
            left_open=wanted.left_open,
            kept=kept_options(site.plan, place.scope),
            opts=place.behind_own(others),
        )
    )


def _keeping(site: Site, scope: ProxmoxScope, options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Leave rules as they are that may be a stack's own, while it is unknown what that declares."""
    kept = ["rules"] if "rules" in kept_fields(site.plan, scope) else []
    return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(ignore_changes=kept)) if kept else options
