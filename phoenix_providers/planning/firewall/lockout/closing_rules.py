"""Rules that close, and that have to wait until all rules have their places before they may count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.evaluation import FirewallState, Level, concerns
from phoenix_providers.planning.firewall.lockout.lockout import RulePlace, Wanted
from phoenix_providers.planning.firewall.names.while_changing import groups_become
from phoenix_providers.planning.proxmox.api_words import is_switched_on, rule_signature
from phoenix_providers.planning.site_plan import Connection


def switched_on_later(now: FirewallState, wanted: Wanted, found: Iterable[Cut]) -> frozenset[RulePlace]:
    """Return which new rules would cut a connection from where the Proxmox plugin puts them first: on top of all.

    Only those wait. A rule that is switched on late closes late, so whatever can come at once does.

    Args:
        now: The firewall as it is.
        wanted: What it becomes.
        found: What the change would cut if nothing waited.
    """
    lost = [cut.connection for cut in found if cut.on_the_way]
    lists = {0: (now.cluster, wanted.cluster)} | {
        number: (now.guests.get(number, Level()), level) for number, level in wanted.guests.items()
    }
    groups = groups_become(now.groups, wanted.names, wanted.leaving)
    return frozenset(
        (guest, position)
        for guest, (old, new) in (lists.items() if lost else ())
        for position in _new(old.rules, new.rules)
        if any(_closes(new.rules[position], connection, now, guest, groups) for connection in lost)
    )


def _new(old: Sequence[RuleRecord], new: Sequence[RuleRecord]) -> Iterator[int]:
    there = Counter(map(rule_signature, old))
    for position, rule in enumerate(new):
        signature = rule_signature(rule)
        there[signature] -= 1
        if there[signature] < 0 and is_switched_on(rule):
            yield position


def _closes(
    rule: RuleRecord, connection: Connection, now: FirewallState, guest: int, groups: Mapping[str, Sequence[RuleRecord]]
) -> bool:
    if rule.get("type") == "group":
        return any(_closes(one, connection, now, guest, {}) for one in groups.get(str(rule.get("action")), ()))
    return rule.get("action") != "ACCEPT" and concerns(rule, connection, now, guest)
