"""How one closed connection opens: what would have been right, and what to do about it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.deciding_rule import DecidingRule, Standing
from phoenix_providers.planning.firewall.names.content import plain_network
from phoenix_providers.planning.firewall.rules.places import place_of, place_of_rule, section_of
from phoenix_providers.planning.proxmox.api_words import rule_text

_GROUP = "security-group@"


@dataclass(frozen=True)
class Remedy:
    """What opens a connection.

    Attributes:
        expected: The rule, or what else it takes, with where it belongs.
        step: What to do.
    """

    expected: str
    step: str


def closed_by(cut: Cut, places: Mapping[str, str]) -> str:
    """Say in one line what is closed, and what closes it; `places` as in `SitePlan.rule_places`."""
    by = decided_by(cut, places)
    return f"{cut.text()}, closed by {by}" if by else cut.text()


def decided_by(cut: Cut, places: Mapping[str, str]) -> str:
    """Name the rule or policy that closes a connection; empty where it is not known."""
    if cut.at is None:
        return ""
    if cut.by is None:
        return f"policy_{cut.at.direction} of {cut.where}"
    if cut.by.is_blacklist:
        place = _place_of_member(cut.by, places)
        has = f"has {cut.by.member}" if cut.by.member else f"may have {cut.connection.source}"
        return f"the set blacklist, which {has}{place and f' ({place})'}"
    place = _place(cut.by.at, places)
    return f"{{{rule_text(cut.by.at.rule)}}}{place and f' ({place})'}"


def remedy_of(cut: Cut, places: Mapping[str, str]) -> Remedy:
    """Return what opens a connection."""
    by = cut.by
    belongs = f"{cut.where} ({place_of(places, cut.guest)})" if places else cut.where
    if by is None:
        return Remedy(f"on {belongs}: {{{cut.rule}}}", "add the rule")
    if by.is_blacklist:
        return _without_member(by, cut, places)
    front = _place(by.front, places)
    if by.opener is not None and _can_change_places(by.opener, by.front, places):
        opener = _place(by.opener, places)
        move = ["set", f"rules/{by.opener.position}", "--moveto", str(by.front.position)]
        return Remedy(
            f"on {_owner(by.front)}: {{{rule_text(by.opener.rule)}}} ({opener}) before {front}",
            _on_node(by.front, move) if by.of_node else f"move {opener} before {front}",
        )
    if by.of_node:
        words = [word for key, value in cut.words.items() for word in (f"--{key}", str(value))]
        return Remedy(
            f"on {_owner(by.front)} (not in the files: on Proxmox itself): {{{cut.rule}}}, before {front}",
            _on_node(by.front, ["create", "rules", *words]),
        )
    return Remedy(f"on {belongs}: {{{cut.rule}}}, before {front}", f"add the rule before {front}")


def _without_member(by: DecidingRule, cut: Cut, places: Mapping[str, str]) -> Remedy:
    place = _place_of_member(by, places) or ("the files" if by.at.from_files else "on Proxmox itself")
    address = cut.connection.source
    step = f"take {by.member or 'whatever has it'} out of the set blacklist ({place})"
    if plain_network(by.member) != plain_network(address):
        step += f", or let the set leave out {address} (nomatch)"
    return Remedy(f"the set blacklist without {address}", step)


def _place_of_member(by: DecidingRule, places: Mapping[str, str]) -> str:
    return place_of_rule(places, by.at.home, plain_network(by.member)) if by.at.from_files else ""


def _can_change_places(one: Standing, other: Standing, places: Mapping[str, str]) -> bool:
    """Whether both stand in one list of one file, or in one list on Proxmox."""
    if one.home != other.home:
        return False
    sections = {section_of(places, each.home, each.position) for each in (one, other) if each.from_files}
    return len(sections) <= 1


def _place(one: Standing, places: Mapping[str, str]) -> str:
    """Return `file:line`, or where on Proxmox a rule stands; empty where neither is known."""
    if one.from_files and (place := place_of_rule(places, one.home, one.position)):
        return place
    if one.position is None:
        return ""
    return f"rule {one.position} of {_owner(one)}{'' if one.from_files else ' on Proxmox'}"


def _owner(one: Standing) -> str:
    if one.home.startswith(_GROUP):
        return f"the security group {one.home.removeprefix(_GROUP)}"
    if one.home.isdecimal():
        return f"the guest {one.home}" if int(one.home) else "the datacenter"
    return f"the {one.home}"


def _on_node(one: Standing, words: list[str]) -> str:
    """Return the command for a list that no file has; a new rule stands on top of it."""
    verb, path, *more = words
    node = one.home.partition(" ")[2] or "NODE"
    return "on the Proxmox host: " + shlex.join(["pvesh", verb, f"/nodes/{node}/firewall/{path}", *more])
