"""How an alias, a set or a group becomes what is declared: the requests, and what stands on Proxmox after each.

A set first gets what makes it larger, then loses what makes it smaller. A new rule of a group comes in switched off,
goes to its place, and is switched on there: Proxmox puts new rules on top.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from phoenix_providers.models.proxmox_records import NewRule
from phoenix_providers.planning.firewall_name import Entry, FirewallName
from phoenix_providers.planning.proxmox.api_words import rule_identity

Fields = Mapping[str, str]
_CHANGEABLE = ("comment", "log")


class Stage(NamedTuple):
    """One request, its path below `cluster/firewall`, and the entries behind it."""

    verb: str
    path: str
    fields: Fields
    entries: tuple[Entry, ...]


def stages(live: FirewallName | None, wanted: FirewallName) -> Iterator[Stage]:
    """Give the requests that lead from `live` (None where there is nothing yet) to `wanted`, one after the other."""
    if live == wanted:
        return
    if wanted.kind == "alias":
        yield _alias(live, wanted)
        return
    folder, key = ("ipset", "name") if wanted.kind == "ip-set" else ("groups", "group")
    before = live.entries if live else ()
    if live is None or live.comment != wanted.comment:
        fields = {key: wanted.name}
        if live is not None:
            # Proxmox takes an empty field for none at all, and a blank for an empty comment.
            fields |= {"rename": wanted.name, "comment": wanted.comment or " "}
        elif wanted.comment:
            fields["comment"] = wanted.comment
        yield Stage("POST", folder, fields, before)
    path = f"{folder}/{wanted.name}"
    yield from (
        _members(path, before, wanted.entries) if wanted.kind == "ip-set" else _rules(path, before, wanted.entries)
    )


def removal(live: FirewallName) -> Iterator[Stage]:
    """Give the requests that take it away."""
    if live.kind == "alias":
        yield Stage("DELETE", f"aliases/{live.name}", {}, ())
    elif live.kind == "ip-set":
        yield Stage("DELETE", f"ipset/{live.name}", {"force": "1"}, ())
    else:
        path = f"groups/{live.name}"
        yield from _rules(path, live.entries, ())
        yield Stage("DELETE", path, {}, ())


def _alias(live: FirewallName | None, wanted: FirewallName) -> Stage:
    fields = {"name": wanted.name} if live is None else {}
    fields |= {"cidr": str(wanted.entries[0]["cidr"])}
    fields |= {"comment": wanted.comment} if wanted.comment else {}
    verb, path = ("POST", "aliases") if live is None else ("PUT", f"aliases/{wanted.name}")
    return Stage(verb, path, fields, wanted.entries)


def _members(path: str, live: Sequence[Entry], wanted: Sequence[Entry]) -> Iterator[Stage]:
    now = {str(one["cidr"]): one for one in live}
    goals = {str(one["cidr"]): one for one in wanted}
    growing = [goal for cidr, goal in goals.items() if not goal["nomatch"] and now.get(cidr) != goal]
    fewer_holes = [one for cidr, one in now.items() if one["nomatch"] and cidr not in goals]
    holes = [goal for cidr, goal in goals.items() if goal["nomatch"] and now.get(cidr) != goal]
    shrinking = [one for cidr, one in now.items() if not one["nomatch"] and cidr not in goals]
    for goal in growing:
        yield _member(path, now, goal)
    for gone in fewer_holes:
        yield _without(path, now, gone)
    for goal in holes:
        yield _member(path, now, goal)
    for gone in shrinking:
        yield _without(path, now, gone)


def _member(path: str, now: dict[str, Entry], goal: Entry) -> Stage:
    """Put a member in, or change it in place."""
    cidr = str(goal["cidr"])
    known = cidr in now
    now[cidr] = goal
    fields = {} if known else {"cidr": cidr}
    fields |= {"nomatch": "1"} if goal["nomatch"] else {}
    fields |= {"comment": str(goal["comment"])} if goal["comment"] else {}
    return Stage("PUT" if known else "POST", f"{path}/{cidr}" if known else path, fields, tuple(now.values()))


def _without(path: str, now: dict[str, Entry], gone: Entry) -> Stage:
    del now[str(gone["cidr"])]
    return Stage("DELETE", f"{path}/{gone['cidr']}", {}, tuple(now.values()))


def _rules(path: str, live: Sequence[Entry], wanted: Sequence[Entry]) -> Iterator[Stage]:
    now = list(live)
    for place, goal in enumerate(wanted):
        position = next((at for at in range(place, len(now)) if _same(now[at], goal)), None)
        if position is None:
            yield from _new_rule(path, now, place, goal)
        elif position != place:
            now.insert(place, now.pop(position))
            yield Stage("PUT", f"{path}/{position}", {"moveto": str(place)}, tuple(now))
        if now[place] != goal:
            fields = _change(now[place], goal)
            now[place] = goal
            yield Stage("PUT", f"{path}/{place}", fields, tuple(now))
    while len(now) > len(wanted):
        now.pop()
        yield Stage("DELETE", f"{path}/{len(now)}", {}, tuple(now))


def _new_rule(path: str, now: list[Entry], place: int, goal: Entry) -> Iterator[Stage]:
    """Put a rule in, switched off unless it is to stay on top."""
    rule = {**goal, "enable": goal["enable"] if not place else 0}
    now.insert(0, rule)
    yield Stage("POST", path, {key: str(value) for key, value in rule.items()}, tuple(now))
    if place:
        now.insert(place, now.pop(0))
        # Proxmox counts positions as they are before the move.
        yield Stage("PUT", f"{path}/0", {"moveto": str(place + 1)}, tuple(now))


def _same(rule: Entry, goal: Entry) -> bool:
    return rule_identity(rule) == rule_identity(goal)


def _change(now: Entry, goal: Entry) -> dict[str, str]:
    fields: NewRule = {"enable": goal["enable"]}
    fields |= {key: goal[key] for key in _CHANGEABLE if goal.get(key)}
    gone = [key for key in _CHANGEABLE if now.get(key) and not goal.get(key)]
    fields |= {"delete": ",".join(gone)} if gone else {}
    return {key: str(value) for key, value in fields.items()}
