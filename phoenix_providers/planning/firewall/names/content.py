"""The content of aliases, sets and groups in the one form in which it can be compared, and what a first write loses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from phoenix_providers.planning.firewall_name import Entry, FirewallName
from phoenix_providers.planning.proxmox.api_words import plain_rule, rule_identity, rule_text

if TYPE_CHECKING:
    from phoenix_providers.models.engine_properties import StoredProperties
    from phoenix_providers.models.firewall_names import NameKind


def named(kind: NameKind, name: str, comment: object, entries: Iterable[Entry]) -> FirewallName:
    """Bring what the API shows into the one form in which it can be compared; the order of a set says nothing."""
    text = " ".join(str(comment or "").split())
    # Proxmox takes this comment for none.
    text = "" if text == "0" else text
    if kind == "security-group":
        return FirewallName(kind, name.lower(), text, tuple(plain_rule(rule) for rule in entries))
    if kind == "alias":
        return FirewallName(kind, name.lower(), text, tuple({"cidr": plain_network(one["cidr"])} for one in entries))
    members = sorted((_member(entry) for entry in entries), key=lambda member: str(member["cidr"]))
    return FirewallName(kind, name.lower(), text, tuple(members))


def name_of_input(value: StoredProperties) -> FirewallName:
    """Read what `FirewallName.as_input` gave."""
    return named(value["kind"], str(value["name"]), value.get("comment"), value.get("entries") or ())


def plain_network(text: object) -> str:
    """Return an address or network in one spelling; an alias in lower case."""
    word = str(text).strip()
    try:
        network = ip_network(word, strict=False)
    except ValueError:
        return word.lower()
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def plain_address(text: object) -> str:
    """Return an address or network in one spelling.

    Raises:
        ValueError: It is neither.
    """
    word = str(text).strip()
    if "/" not in word:
        return str(ip_address(word))
    ip_network(word, strict=False)
    return plain_network(word)


def lost_by(live: FirewallName | None, wanted: FirewallName) -> tuple[str, ...]:
    """Return what somebody else has chosen and a first write would take away; what it only adds to is no loss."""
    if live is None:
        return ()
    if wanted.kind == "security-group":
        return _lost_rules(live.entries, wanted.entries)
    if wanted.kind == "alias":
        return tuple(f"{one['cidr']} (would become {wanted.entries[0]['cidr']})" for one in live.entries
                     if one not in wanted.entries)  # fmt: skip
    kept = {(one["cidr"], one["nomatch"]) for one in wanted.entries}
    return tuple(member_text(one) for one in live.entries if (one["cidr"], one["nomatch"]) not in kept)


def member_text(member: Entry) -> str:
    """Return a member of a set as Proxmox writes it."""
    return ("!" if member["nomatch"] else "") + str(member["cidr"])


def _member(entry: Entry) -> dict[str, Any]:
    return {
        "cidr": plain_network(entry["cidr"]),
        "nomatch": str(entry.get("nomatch") or "0") not in ("0", "False"),
        "comment": " ".join(str(entry.get("comment") or "").split()),
    }


def _lost_rules(live: Sequence[Entry], wanted: Sequence[Entry]) -> tuple[str, ...]:
    """Return the rules that are not wanted; all that count and stand in another order, since order decides.

    One that is switched off decides nothing: an interrupted run of ours may have left it on its way to its place.
    """
    every, goals = [rule_identity(rule) for rule in wanted], [rule_identity(rule) for rule in wanted if rule["enable"]]
    foreign = [rule for rule in live if rule_identity(rule) not in (goals if rule["enable"] else every)]
    counting = [rule for rule in live if rule["enable"]]
    ahead = iter(goals)
    in_order = all(rule_identity(rule) in ahead for rule in counting)
    return tuple(map(rule_text, foreign if foreign or in_order else counting))
