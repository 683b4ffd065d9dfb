"""Where the files use names of which only Proxmox may know: aliases, sets, groups, and macros of later versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.firewall.names.declared_names import declared_names, place_of, rules_of_group
from phoenix_providers.planning.firewall.rules.declared_rules import Path
from phoenix_providers.planning.firewall_name import NameUse
from phoenix_providers.planning.proxmox.api_words import rule_text, rule_words
from phoenix_providers.planning.site_plan import FirewallPlan


def with_names(plan: FirewallPlan, configuration: Configuration, findings: Findings) -> FirewallPlan:
    """Return the plan with the names that are declared, and with every use of one."""
    names = declared_names(configuration, findings)
    return replace(plan, names=names, uses=tuple(_uses(plan, configuration)))


def is_name(word: str) -> bool:
    """Whether what stands for an address is a name."""
    return word.startswith("+") or (word[:1].isalpha() and ":" not in word)


def _uses(plan: FirewallPlan, configuration: Configuration) -> Iterator[NameUse]:
    firewall = configuration.site.firewall
    for name, declared in firewall.ip_sets.items():
        for index, member in enumerate(declared.members):
            if is_name(member.cidr):
                place = str(configuration.locate(*place_of("ip-set", name), "members", index))
                yield NameUse(place, f"{member.cidr}, in the IP set {name}", 0, (member.cidr.strip().lower(),))
    for name, group in firewall.security_groups.items():
        rules = rules_of_group(name, group, Findings(), configuration)
        yield from _of_rules(configuration, 0, ((one.rule, one.at) for one in rules))
    yield from _of_rules(configuration, 0, zip(plan.cluster, plan.places, strict=True))
    for number, guest in plan.guests.items():
        yield from _of_rules(configuration, number, zip(guest.rules, guest.places, strict=True))


def _of_rules(
    configuration: Configuration, guest: int, rules: Iterable[tuple[FirewallRule, Path]]
) -> Iterator[NameUse]:
    for rule, place in rules:
        addresses = [part for text in (rule.source, rule.dest) for part in (text or "").split(",") if part]
        group = rule.action if rule.type == "group" else ""
        if group or rule.macro or any(map(is_name, addresses)):
            yield NameUse(
                place=str(configuration.locate(*place)),
                text=rule_text(rule_words(rule)),
                guest=guest,
                addresses=tuple(addresses),
                group=group,
                macro=rule.macro or "",
                proto=rule.proto or "",
            )
