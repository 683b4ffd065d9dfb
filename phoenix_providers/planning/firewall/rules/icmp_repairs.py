"""What the Proxmox plugin leaves to be done for rules of ICMP: it neither reads nor writes their `icmp-type`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall.rules.icmp_types import ICMP_TYPES
from phoenix_providers.planning.proxmox.api_words import plain_rule, rule_signature

# What may differ between rules that the plugin takes for the same.
_FIELDS = ("icmp-type", "enable", "log", "comment")


@dataclass(frozen=True)
class RuleRepair:
    """One change of the rule at a position: `values` are set, `unset` are removed."""

    position: int
    values: Mapping[str, str]
    unset: tuple[str, ...] = ()


def has_icmp(rules: Sequence[RuleRecord]) -> bool:
    """Whether a list has a rule that could have a kind of message, if only by hand."""
    return any(rule.get("proto") in ICMP_TYPES for rule in rules)


def same_signatures(wanted: Sequence[RuleRecord], live: Sequence[RuleRecord]) -> bool:
    """Whether the plugin would take the two lists for the same."""
    return [rule_signature(rule) for rule in wanted] == [rule_signature(plain_rule(rule)) for rule in live]


def icmp_repairs(wanted: Sequence[RuleRecord], live: Sequence[RuleRecord]) -> tuple[RuleRepair, ...]:
    """Return what makes the rules of ICMP as declared, in lists with the same signatures.

    Rules that differ in their kind of message alone are the same rule to the plugin: it may have given each one the
    switch, log level and comment of another. The ones that become narrower come first.
    """
    found = [repair for place, rule in enumerate(wanted) for repair in _repair(place, rule, live[place])]
    return tuple(sorted(found, key=lambda repair: "icmp-type" in repair.unset))


def _repair(position: int, wanted: RuleRecord, live: RuleRecord) -> Iterator[RuleRepair]:
    if wanted.get("proto") not in ICMP_TYPES:
        return
    rule, now = plain_rule(wanted), plain_rule(live)
    values = {key: str(rule[key]) for key in _FIELDS if key in rule and rule[key] != now.get(key)}
    unset = tuple(key for key in _FIELDS if key in now and key not in rule)
    if values or unset:
        yield RuleRepair(position, values, unset)
