"""What the firewall lets in, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.proxmox.api_words import rule_text, rule_words
from phoenix_providers.planning.site.graph.guests import guest_id
from phoenix_providers.planning.site.graph.picture import PROXMOX, Detail, Edge, Thing
from phoenix_providers.planning.site.graph.stacks import stack_id
from phoenix_providers.planning.site_plan import SitePlan

_STACK = "stacks/"
_Place = tuple[str | int, ...]
MAY_REACH, OPENS = "may reach", "opens"
ANYWHERE = "from anywhere"


def openings(configuration: Configuration, plan: SitePlan) -> tuple[tuple[Thing, ...], tuple[Edge, ...]]:
    """Return every rule that lets something in, who may come through, and which stack has asked for it."""
    things: list[Thing] = []
    edges: list[Edge] = []
    names = {address: configuration.guest_names.get(number, "") for address, number in plan.guest_addresses.items()}
    for home, number, rule, at in _opening_rules(plan):
        source = plan.guest_addresses.get(rule.source or "")
        # In the datacenter's one list an address says whom a rule is for.
        owner = number or plan.guest_addresses.get(rule.dest or "", 0)
        title = f"{_through(rule)} {_from(rule, names)}"
        thing = Thing(
            f"opening:{home}",
            "opening",
            title,
            title,
            f"opening of the firewall: {title}",
            (str(configuration.locate(*at)),) if at else (),
            inside=guest_id(owner) if owner else PROXMOX,
            remark="" if rule.source or rule.type == "group" else ANYWHERE,
            details=(
                *((Detail("for", rule.comment),) if rule.comment else ()),
                Detail("rule", rule_text(rule_words(rule))),
            ),
        )
        things.append(thing)
        if source:
            edges.append(Edge(guest_id(source), thing.id, MAY_REACH))
        if at and str(at[0]).startswith(_STACK) and number:
            edges.append(Edge(stack_id(f"{str(at[0]).removeprefix(_STACK)}@{number}"), thing.id, OPENS))
    return tuple(things), tuple(edges)


def _opening_rules(plan: SitePlan) -> Iterator[tuple[str, int, FirewallRule, _Place]]:
    """Yield each rule with what tells it from others, its guest (0: none), and where it stands."""
    lists = [(0, plan.firewall.cluster, plan.firewall.places)]
    lists += [(number, one.rules, one.places) for number, one in plan.firewall.guests.items()]
    for number, rules, places in lists:
        for position, rule in enumerate(rules):
            opens = rule.type == "group" or (rule.type == "in" and rule.action == "ACCEPT")
            if rule.enabled and opens:
                yield f"{number}/{position}", number, rule, places[position] if position < len(places) else ()


def _through(rule: FirewallRule) -> str:
    if rule.type == "group":
        return f"group {rule.action}"
    if rule.macro:
        return rule.macro
    if rule.port:
        return f"{rule.port}/{rule.proto}" if rule.proto else str(rule.port)
    return " ".join(filter(None, (rule.proto, rule.icmp_type))) or "everything"


def _from(rule: FirewallRule, names: Mapping[str, str]) -> str:
    if not rule.source:
        return "" if rule.type == "group" else ANYWHERE
    return f"from {names.get(rule.source) or rule.source}"
