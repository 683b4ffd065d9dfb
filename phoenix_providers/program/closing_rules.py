"""Rules that close: those that may not count before all rules have their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import pulumi

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall.lockout.waiting_rule import WaitingRule
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.program.proxmox_place import Place, Places
from phoenix_providers.program.site import Site
from phoenix_providers.resources.closing_rules import ClosingRules
from phoenix_providers.resources.firewall_check import FirewallCheck

_NAME = "closing-rules"
Words = Callable[[FirewallRule], RuleRecord]


def sent(site: Site, places: Places, scope: ProxmoxScope, rules: Sequence[FirewallRule], words: Words) -> Any:
    """Return a list as the plugin gets it; what has to wait for its place is switched off."""
    said = [words(rule) for rule in rules]
    if places.check is None or not any(map(_may_close, rules)):
        return said
    return _later(site, places.check).apply(lambda later: _waiting(said, scope, later))


def declare(site: Site, places: Places, place: Place, others: Iterable[pulumi.Resource]) -> None:
    """Declare what switches them on, where there may be any: behind all that the place has so far, and `others`."""
    firewall = site.plan.firewall
    rules = chain(firewall.cluster, *(guest.rules for guest in firewall.guests.values()))
    if places.check is not None and site.declares(_NAME) and any(map(_may_close, rules)):
        later = _later(site, places.check)
        place.add(ClosingRules(_NAME, proxmox=site.proxmox, later=later, opts=place.behind_own(others)))


def _may_close(rule: FirewallRule) -> bool:
    return rule.enabled and rule.action != "ACCEPT"


def _later(site: Site, check: FirewallCheck) -> pulumi.Output[list[Properties]]:
    """Return what this run's check has found; in a run that leaves the check out it still has the last one's."""
    return check.later.apply(lambda later: [item for item in later if item["found"] not in site.waited])


def _waiting(rules: Sequence[RuleRecord], scope: ProxmoxScope, later: Iterable[StoredProperties]) -> list[RuleRecord]:
    places = {one.position for one in map(WaitingRule.from_output, later) if one.scope == scope}
    return [{**rule, "enabled": False} if place in places else rule for place, rule in enumerate(rules)]
