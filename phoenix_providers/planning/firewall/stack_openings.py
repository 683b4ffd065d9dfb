"""Rules of manifests: no sync of the old scripts wrote them into the datacenter's list, so a first run opens them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.location import Location
from phoenix_providers.planning.proxmox.api_words import rule_text, rule_words
from phoenix_providers.planning.site_plan import FirewallPlan

_STACK = "stacks/"


@dataclass(frozen=True)
class StackOpening:
    """One rule of a stack's manifest that is declared for a place.

    Attributes:
        stack: Folder of the stack.
        rule: What it says.
        position: In the place's list.
        place: Where the rule stands.
    """

    stack: str
    rule: FirewallRule
    position: int
    place: Location

    @property
    def from_anywhere(self) -> bool:
        """Whether it lets everybody in."""
        return self.rule.type == "in" and not self.rule.source

    @property
    def text(self) -> str:
        """Say it in a line, with its place in the files."""
        anywhere = " (from anywhere)" if self.from_anywhere else ""
        return f"stack {self.stack}: {rule_text(rule_words(self.rule))}{anywhere}   ({self.place})"


def stack_openings(configuration: Configuration, plan: FirewallPlan) -> Iterator[StackOpening]:
    """Yield the rules of stacks that let something through, list by list."""
    lists = [(plan.cluster, plan.places), *((guest.rules, guest.places) for guest in plan.guests.values())]
    for rules, places in lists:
        for position, (rule, at) in enumerate(zip(rules, places, strict=True)):
            opens = rule.enabled and (rule.action == "ACCEPT" or rule.type == "group")
            if opens and at and str(at[0]).startswith(_STACK):
                name = str(at[0]).removeprefix(_STACK)
                yield StackOpening(name, rule, position, configuration.locate(*at))
