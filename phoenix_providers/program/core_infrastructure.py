"""Step 4: DNS, resolver and firewall on Proxmox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_proxmoxve as proxmoxve

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.proxmox_words import POLICY_WITHOUT_WISH
from phoenix_providers.planning.site_plan import GuestFirewallPlan
from phoenix_providers.planning.unknown_stacks import kept_fields
from phoenix_providers.program import names, readiness
from phoenix_providers.program.proxmox_place import Places, probing
from phoenix_providers.program.site import Site, after
from phoenix_providers.resources.firewall_check import FirewallCheck
from phoenix_providers.resources.firewall_confirm import FirewallConfirm

_RULES = {"rules": "rules"}
_SWITCHES = {"enabled": "enabled", "input_policy": "inputPolicy", "output_policy": "outputPolicy"}


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
    return Core([*names.declare(site, places, firewall), *firewall], places.check)


def _firewall(site: Site, places: Places) -> list[pulumi.Resource]:
    firewall = site.plan.firewall
    place = places.of(ProxmoxScope("cluster"))
    if site.declares("rules@cluster"):
        rules = [_rule(rule) for rule in firewall.cluster]
        options = _keeping(site, place.scope, _RULES, place.guarded())
        place.add(proxmoxve.firewall.RulesLegacy("rules@cluster", rules=rules, opts=options))
    guests = [resource for guest in firewall.guests.values() for resource in _guest(site, guest, places)]
    if site.declares("firewall@cluster"):
        # What is left out would be sent as 0, so everything is said.
        place.add(
            proxmoxve.cluster.FirewallLegacy(
                "firewall@cluster",
                enabled=firewall.options.enabled,
                ebtables=True,
                input_policy=firewall.options.input_policy,
                output_policy=firewall.options.output_policy,
                forward_policy="ACCEPT",
                log_ratelimit={"enabled": True, "burst": 5, "rate": "1/second"},
                opts=_keeping(site, place.scope, _SWITCHES, place.after_all(guests)),
            )
        )
    return _confirmed(site, places, place.closed(guests))


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
            opts=after(changed),
        )
    ]


def _guest(site: Site, guest: GuestFirewallPlan, places: Places) -> list[pulumi.Resource]:
    """Declare one guest's rules, and behind them its options."""
    place = places.of(ProxmoxScope(guest.kind, guest.node, guest.guest_id))
    where = place.scope.suffix
    target: dict[str, Any] = {"node_name": guest.node}
    target["vm_id" if guest.kind == "vm" else "container_id"] = guest.guest_id
    if site.declares(f"rules@{where}"):
        rules = [_rule(rule) for rule in guest.rules]
        options = _keeping(site, place.scope, _RULES, place.guarded())
        place.add(proxmoxve.firewall.RulesLegacy(f"rules@{where}", rules=rules, **target, opts=options))
    if site.declares(f"firewall@{where}"):
        place.add(
            proxmoxve.firewall.OptionsLegacy(
                f"firewall@{where}",
                enabled=guest.enabled,
                input_policy=guest.input_policy or POLICY_WITHOUT_WISH,
                output_policy=guest.output_policy or POLICY_WITHOUT_WISH,
                dhcp=guest.dhcp,
                # The plugin's own defaults are the other way round: they would cut off IPv6.
                ndp=True,
                radv=False,
                **target,
                opts=_keeping(site, place.scope, _SWITCHES, place.after_all()),
            )
        )
    return place.closed()


def _keeping(
    site: Site, scope: ProxmoxScope, properties: Mapping[str, str], options: pulumi.ResourceOptions
) -> pulumi.ResourceOptions:
    """Leave as it is what may be a stack's own, while it is unknown what that declares."""
    kept = [properties[field] for field in kept_fields(site.plan, scope) if field in properties]
    return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(ignore_changes=kept)) if kept else options


def _rule(rule: FirewallRule) -> dict[str, Any]:
    """Say a rule in the plugin's words, every field of it.

    After a refresh the plugin gives a field that is left out the value of the rule that stood at the same place.
    """
    said = {
        "source": rule.source,
        "dest": rule.dest,
        "proto": rule.proto,
        "dport": rule.port,
        "sport": rule.sport,
        "iface": rule.iface,
        "macro": rule.macro,
        "log": rule.log,
        "comment": rule.comment,
        "security_group": None,
    }
    texts = {key: value or "" for key, value in said.items()}
    return {"type": rule.type, "action": rule.action, "enabled": rule.enabled, **texts}
