"""How the firewall that is set on the lab's Proxmox decides on one new TCP connection, level by level.

Follows Proxmox: nothing is filtered while the datacenter is switched off. Into the node: the blacklist, its rules, the
datacenter's, what the management set may do, the datacenter's policy. Out of the node: the same rules where they are
for what goes out, what its own network is reached by, the policy for that. Into a guest: the sender's rules that go out
and its policy, then the blacklist, the receiver's rules that come in and its policy. What a machine says to itself is
not filtered.

Left out: forward rules, source ports, logging, MAC and IP filters, macros beyond the usual ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.lab.firewall.rule_match import Attempt, Configuration, fits, in_network, in_set

Firewall = Mapping[str, Any]
_EMPTY: Configuration = {"rules": [], "options": {}}
_MANAGEMENT = ((22, 22), (3128, 3128), (5900, 5999), (8006, 8006), (60000, 60050))
_OWN_NETWORK = _MANAGEMENT[:4]


@dataclass(frozen=True)
class Map:
    """Who has which address.

    Attributes:
        network: The node's own network; it always belongs to the management set.
        guests: Number of the guest by address.
    """

    node: str
    node_address: str
    network: str
    guests: Mapping[str, int]


def passes(firewall: Firewall, known: Map, attempt: Attempt) -> bool:
    """Whether the connection is let through; `firewall` is what is in force: `cluster`, `nodes`, `guests`."""
    cluster = _with_own_network(firewall["cluster"], known)
    firewall = {**firewall, "cluster": cluster}
    if not _is_on(cluster) or attempt.source == attempt.dest:
        return True
    sender, receiver = known.guests.get(attempt.source), known.guests.get(attempt.dest)
    if sender is not None and not _guest_lets(firewall, sender, "out", attempt):
        return False
    if attempt.source == known.node_address and not _node_lets_out(firewall, known, attempt):
        return False
    if receiver is not None:
        return _guest_lets(firewall, receiver, "in", attempt)
    return attempt.dest != known.node_address or _node_lets(firewall, known, attempt)


def _guest_lets(firewall: Firewall, guest: int, direction: str, attempt: Attempt) -> bool:
    own = firewall["guests"].get(guest, _EMPTY)
    # All guests of a lab have firewall=1 on their device: for them the blacklist counts whatever their switch says.
    if direction == "in" and in_set("blacklist", attempt.source, firewall["cluster"], _EMPTY):
        return False
    if not _is_on(own):
        return True
    decided = _decision(own["rules"], direction, attempt, firewall["cluster"], own)
    return _policy(own, direction) if decided is None else decided


def _node_lets(firewall: Firewall, known: Map, attempt: Attempt) -> bool:
    cluster, own = firewall["cluster"], firewall["nodes"].get(known.node, _EMPTY)
    if not _is_on(own, default="1"):
        return True
    if in_set("blacklist", attempt.source, cluster, _EMPTY):
        return False
    decided = _decision([*own["rules"], *cluster["rules"]], "in", attempt, cluster, own)
    if decided is not None:
        return decided
    is_management = any(low <= attempt.port <= high for low, high in _MANAGEMENT)
    return (is_management and in_set("management", attempt.source, cluster, _EMPTY)) or _policy(cluster, "in")


def _node_lets_out(firewall: Firewall, known: Map, attempt: Attempt) -> bool:
    cluster, own = firewall["cluster"], firewall["nodes"].get(known.node, _EMPTY)
    if not _is_on(own, default="1"):
        return True
    decided = _decision([*own["rules"], *cluster["rules"]], "out", attempt, cluster, own)
    if decided is not None:
        return decided
    always = any(low <= attempt.port <= high for low, high in _OWN_NETWORK)
    own_network = str(cluster["aliases"]["local_network"]["cidr"])
    return (always and in_network(attempt.dest, own_network)) or _policy(cluster, "out")


def _with_own_network(cluster: Configuration, known: Map) -> Configuration:
    """Add what Proxmox itself adds: its own network as an alias, and as a member of the management set."""
    aliases = {"local_network": {"cidr": known.network}, **cluster.get("aliases", {})}
    sets = dict(cluster.get("ipset", {}))
    sets["management"] = [*sets.get("management", ()), {"cidr": "local_network"}]
    return {**cluster, "aliases": aliases, "ipset": sets}


def _decision(
    rules: Iterable[Mapping[str, Any]], direction: str, attempt: Attempt, cluster: Configuration, own: Configuration
) -> bool | None:
    for rule in rules:
        if str(rule.get("enable") or 0) == "0":
            continue
        if rule["type"] == "group":
            decided = _decision(cluster["groups"].get(rule["action"], ()), direction, attempt, cluster, own)
            if decided is not None:
                return decided
        elif rule["type"] == direction and fits(rule, attempt, cluster, own):
            return bool(rule["action"] == "ACCEPT")
    return None


def _is_on(level: Configuration, default: str = "0") -> bool:
    return str(level["options"].get("enable", default)) not in ("0", "", "None")


def _policy(level: Configuration, direction: str) -> bool:
    default = "DROP" if direction == "in" else "ACCEPT"
    return bool(level["options"].get(f"policy_{direction}", default) == "ACCEPT")
