"""What is declared, in the words of Proxmox's API: rules, options, hosts lines, resolver."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from phoenix_providers.planning.proxmox.firewall_options import POLICIES, POLICY_DEFAULTS
from phoenix_providers.planning.proxmox.rule_fields import API_SWITCH, RULE_FIELDS
from phoenix_providers.planning.proxmox.wanted_place import WantedFiles, WantedFirewall, WantedPlace
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

if TYPE_CHECKING:
    from phoenix_providers.models.firewall import FirewallRule
    from phoenix_providers.models.proxmox_records import NewRule, OptionsRecord, RuleRecord
    from phoenix_providers.planning.site_plan import HostsEntry, OptionsPlan, Resolver, SitePlan

# What tells two rules apart for the Proxmox plugin; comment, log level and switch do not.
_SIGNATURE = tuple(field.api for field in RULE_FIELDS if field.decides and field.plugin)
# The same for Proxmox, which knows a kind of ICMP too.
_IDENTITY = tuple(field.api for field in RULE_FIELDS if field.decides)
_NOTES = frozenset(field.api for field in RULE_FIELDS if not field.decides)


def rule_words(rule: FirewallRule) -> NewRule:
    """Return a rule as the API shows it."""
    said = {field.api: field.of(rule) for field in RULE_FIELDS}
    return {key: value for key, value in said.items() if value is not None} | {API_SWITCH: int(rule.enabled)}


def plain_rule(rule: RuleRecord) -> NewRule:
    """Return a rule of the API in the form that `rule_words` gives, so that the two can be compared."""
    words = (field.api for field in RULE_FIELDS)
    kept = {key: str(rule[key]).strip() for key in words if rule.get(key) not in (None, "")}
    return kept | {API_SWITCH: int(bool(int(rule.get("enable") or 0)))}


def without_notes(entry: RuleRecord) -> NewRule:
    """Return what decides of a rule, or of an entry of a name: comments and log levels do not."""
    return {key: value for key, value in entry.items() if key not in _NOTES}


def is_switched_on(rule: RuleRecord) -> bool:
    """Whether a rule counts at all."""
    return str(rule.get("enable") or "0") not in ("0", "None", "False")


def deciding_options(options: OptionsRecord) -> dict[str, str]:
    """Return the options that decide on connections, those that are not set with Proxmox's own defaults.

    `enable` stays empty where it is not set, since its default differs between levels. What concerns forwarded traffic
    is there only where it is not as by default.
    """
    enable = options.get("enable")
    forwarding = {"policy_forward": "DROP"} if options.get("policy_forward") == "DROP" else {}
    if str(options.get("nftables") or "0") not in ("0", "False"):
        forwarding["nftables"] = "1"
    return forwarding | {
        "enable": "" if enable in (None, "") else str(int(str(enable) not in ("0", "False"))),
        **{key: str(options.get(key) or POLICY_DEFAULTS[key]) for key in POLICIES},
    }


def rule_signature(rule: RuleRecord) -> tuple[str, ...]:
    """Return what the Proxmox plugin knows a rule by."""
    return tuple(str(rule.get(key) or "") for key in _SIGNATURE)


def rule_identity(rule: RuleRecord) -> tuple[str, ...]:
    """Return what a rule is known by: all that decides to which packets it applies, and what happens to them."""
    return tuple(str(rule.get(key) or "") for key in _IDENTITY)


def rule_text(rule: RuleRecord) -> str:
    """Return a rule in one line, as it may be written into a site file."""
    fields = (field for field in RULE_FIELDS if field.api != "comment" and rule.get(field.api))
    parts = [f"{field.said}: {_said(str(rule[field.api]))}" for field in fields]
    if rule.get("comment"):
        parts.append(f"comment: {json.dumps(str(rule['comment']).strip(), ensure_ascii=False)}")
    if not int(rule.get("enable") or 0):
        parts.append("enabled: false")
    return ", ".join(parts)


def _said(text: str) -> str:
    """Quote what would be something else between braces."""
    return f'"{text}"' if set(text) & {",", ":"} else text


def hosts_lines(entries: Iterable[HostsEntry]) -> list[list[str]]:
    """Return the lines, address first."""
    return [[entry.address, *entry.names] for entry in entries]


def resolver_words(resolver: Resolver | None) -> dict[str, str]:
    """Return resolv.conf as the API shows it; empty when it is not managed."""
    if resolver is None:
        return {}
    return {"search": resolver.domain, **{f"dns{number}": ip for number, ip in enumerate(resolver.servers, 1)}}


def wanted_by_scope(
    plan: SitePlan, settled: Mapping[str, Mapping[str, str]] | None = None
) -> dict[ProxmoxScope, WantedPlace]:
    """Return what is declared for each place; a node with no file of ours is left out.

    Args:
        plan: What is declared.
        settled: The policies that guests were left with, by the name of the resource that holds their options.
    """
    firewall = plan.firewall
    found: dict[ProxmoxScope, WantedPlace] = {ProxmoxScope("cluster"): _wanted(firewall.cluster, firewall.options, {})}
    for node in plan.nodes:
        if node.hosts or node.resolver is not None:
            found[ProxmoxScope("node", node.name)] = WantedFiles(
                tuple(map(tuple, hosts_lines(node.hosts))), resolver_words(node.resolver), plan.domain
            )
    for guest in firewall.guests.values():
        scope = ProxmoxScope(guest.kind, guest.node, guest.guest_id)
        found[scope] = _wanted(guest.rules, guest.options, (settled or {}).get(f"firewall@{scope.suffix}", {}))
    return found


def _wanted(rules: Iterable[FirewallRule], options: OptionsPlan, settled: Mapping[str, str]) -> WantedFirewall:
    """A policy whose line has left the files stays what it was."""
    otherwise = {key: settled.get(key, value) if key in POLICIES else value for key, value in options.otherwise.items()}
    said = tuple(rule_words(rule) for rule in rules)
    return WantedFirewall(said, {**otherwise, **options.declared}, tuple(sorted(otherwise)))
