"""Who uses an alias, a set or a group: Proxmox lets it go all the same, and leaves out every rule that names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox.api_words import rule_text


def users(one: FirewallName, lists: Mapping[str, Sequence[RuleRecord]], sets: Mapping[str, Sequence[str]]) -> list[str]:
    """Return who uses it, one line each.

    A guest's own name of the same spelling is taken for this one: then it stays, which harms nobody.

    Args:
        one: The name.
        lists: Rules by what has them, for example "the guest 111".
        sets: Members of sets by what has them, excluded ones with a `!`.
    """
    found = [f"{where}: {rule_text(rule)}" for where, rules in lists.items() for rule in rules if _uses(one, rule)]
    if one.kind == "alias":
        found += [f"{where}: {member}" for where, members in sets.items() for member in members
                  if one.name in _bare([member.removeprefix("!")])]  # fmt: skip
    return found


def _uses(one: FirewallName, rule: RuleRecord) -> bool:
    if one.kind == "security-group":
        return rule.get("type") == "group" and str(rule.get("action")).lower() == one.name
    words = [str(rule.get(key) or "") for key in ("source", "dest")]
    is_set = one.kind == "ip-set"
    return one.name in _bare(word.removeprefix("+") for word in words if word.startswith("+") is is_set)


def _bare(words: Iterable[str]) -> Iterator[str]:
    """Give names of the datacenter without what says so."""
    return (word.lower().removeprefix("dc/") for word in words)
