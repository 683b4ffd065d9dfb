"""Where the files use names of which only Proxmox may know: aliases, sets, groups, and macros of later versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.location import Location
from phoenix_providers.planning.declared_names import declared_names
from phoenix_providers.planning.derived_stack import DerivedStack
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.firewall_name import NameUse
from phoenix_providers.planning.firewall_rules import RuleRefusedError, canonical_rule
from phoenix_providers.planning.proxmox_words import rule_text, rule_words
from phoenix_providers.planning.site_plan import FirewallPlan


def with_names(
    plan: FirewallPlan, configuration: Configuration, stacks: Iterable[DerivedStack], findings: Findings
) -> FirewallPlan:
    """Return the plan with the names that are declared, and with every use of one."""
    return replace(
        plan,
        names=declared_names(configuration, findings),
        uses=(*_of_site(configuration), *_of_guests(plan, configuration), *_of_stacks(plan, configuration, stacks)),
    )


def is_name(word: str) -> bool:
    """Whether what stands for an address is a name."""
    return word.startswith("+") or (word[:1].isalpha() and ":" not in word)


def _of_site(configuration: Configuration) -> Iterator[NameUse]:
    firewall = configuration.site.firewall

    def place(*path: str | int) -> Location:
        return configuration.locate("site", "firewall", *path)

    for name, declared in firewall.ip_sets.items():
        for index, member in enumerate(declared.members):
            if is_name(member.cidr):
                text = f"{member.cidr}, in the IP set {name}"
                yield NameUse(str(place("ip_sets", name, "members", index)), text, 0, (member.cidr.strip().lower(),))
    for name, group in firewall.security_groups.items():
        yield from _uses(group.rules, 0, [place("security_groups", name, "rules", i) for i in range(len(group.rules))])
    rules = firewall.global_firewall_rules
    yield from _uses(rules, 0, [place("global_firewall_rules", index) for index in range(len(rules))])


def _of_guests(plan: FirewallPlan, configuration: Configuration) -> Iterator[NameUse]:
    for guest in configuration.guests:
        rules = guest.firewall.rules
        places = [configuration.locate(*guest.declared_at, "firewall", "rules", index) for index in range(len(rules))]
        if guest.id in plan.guests or plan.placement == "cluster":
            yield from _uses(rules, guest.id if guest.id in plan.guests else 0, places)


def _of_stacks(plan: FirewallPlan, configuration: Configuration, stacks: Iterable[DerivedStack]) -> Iterator[NameUse]:
    for stack in stacks:
        # Where some are unknown, what the VM has stays as it is.
        if stack.rules_known:
            start = (f"stacks/{stack.reference.name}", "environments", stack.environment, "firewall_rules")
            places = [configuration.locate(*start, index) for index in range(len(stack.rules))]
            yield from _uses(stack.rules, stack.vm.vmid if plan.placement == "guest" else 0, places)


def _uses(rules: Sequence[FirewallRule], guest: int, places: Sequence[Location]) -> Iterator[NameUse]:
    for rule, place in zip(rules, places, strict=True):
        try:
            kept = canonical_rule(rule)
        except RuleRefusedError:
            continue
        addresses = [part for text in (kept.source, kept.dest) for part in (text or "").split(",") if part]
        group = kept.action if kept.type == "group" else ""
        if group or kept.macro or any(map(is_name, addresses)):
            yield NameUse(
                str(place), rule_text(rule_words(kept)), guest, tuple(addresses), group, kept.macro or "",
                kept.proto or "",
            )  # fmt: skip
