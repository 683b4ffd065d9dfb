"""How Proxmox's firewall decides on one connection.

Proxmox evaluates (pve-firewall, iptables): on a node first the node's rules, then the datacenter's, then what the
management set may do (the API, VNC, SPICE, SSH; the node's own network always belongs to it), then the datacenter's
policy. On a guest the guest's rules, then the guest's policy: for the sender's guest those that go out, for the
receiver's those that come in. A guest's network device takes part only with `firewall=1`. Nothing is filtered while
the datacenter is switched off. Established connections always pass; here it is new ones that are asked about.

Rules of type `forward` count with the firewall for nftables alone, and for what the node routes; what stays on one
bridge is not asked. Which of the two a connection of guests is, is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import Any

from phoenix_providers.planning.rule_match import NamedNetworks, matches
from phoenix_providers.planning.site_plan import Connection

Rule = Mapping[str, Any]
_ACCEPT = "ACCEPT"
_MANAGEMENT_PORTS = ((8006, 8006), (5900, 5999), (3128, 3128), (22, 22), (60000, 60050))


class Doubt(Enum):
    """How a rule is read of which it is not known whether it fits (unknown names, interfaces, source ports)."""

    AS_CLOSED = "closed"
    AS_OPEN = "open"


@dataclass(frozen=True)
class Level:
    """One list of rules with its options, as the API shows them."""

    rules: Sequence[Rule] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def is_on(self, *, default: bool = False) -> bool:
        """Whether its switch is on; only nodes are on by default."""
        value = self.options.get("enable")
        return default if value in (None, "") else str(value) not in ("0", "False")

    def policy(self, direction: str) -> str:
        """Return the policy for `in` or `out`."""
        return str(self.options.get(f"policy_{direction}") or ("DROP" if direction == "in" else _ACCEPT))


@dataclass(frozen=True)
class Wall:
    """The whole firewall at one moment.

    Attributes:
        guests: By number; one that is not here is not filtered.
        names: Networks that rules may name.
        groups: Rules of the security groups, by name.
        network: The node's own network, for example "10.0.0.0/24"; empty if it is not known.
        devices: By guest, whether each of its network devices has `firewall=1`; a guest that is not here counts as if
            all had.
    """

    cluster: Level
    node: Level
    guests: Mapping[int, Level]
    names: NamedNetworks
    groups: Mapping[str, Sequence[Rule]]
    network: str = ""
    devices: Mapping[int, Sequence[bool]] = field(default_factory=dict)


def passes(wall: Wall, connection: Connection, doubt: Doubt) -> bool:
    """Whether a new connection comes through."""
    if not wall.cluster.is_on():
        return True
    sender, receiver = connection.from_guest, connection.to_guest
    if sender and not _passes_guest(wall, sender, "out", connection, doubt):
        return False
    if not receiver:
        return _enters_node(wall, connection, doubt)
    return _is_forwarded(wall, connection, doubt) and _passes_guest(wall, receiver, "in", connection, doubt)


def _passes_guest(wall: Wall, guest: int, direction: str, connection: Connection, doubt: Doubt) -> bool:
    level = wall.guests.get(guest)
    if level is None or not level.is_on() or not _is_filtered(wall, guest, doubt):
        return True
    verdict = _verdict(level.rules, direction, connection, wall, doubt, guest)
    return verdict if verdict is not None else level.policy(direction) == _ACCEPT


def _is_filtered(wall: Wall, guest: int, doubt: Doubt) -> bool:
    """Whether the device with the guest's address has `firewall=1`; if only some have, it is not known."""
    devices = wall.devices.get(guest, (True,))
    return all(devices) or (any(devices) and doubt is Doubt.AS_CLOSED)


def _is_forwarded(wall: Wall, connection: Connection, doubt: Doubt) -> bool:
    if doubt is Doubt.AS_OPEN or not wall.node.options.get("nftables") or not wall.node.is_on(default=True):
        return True
    verdict = _verdict([*wall.node.rules, *wall.cluster.rules], "forward", connection, wall, doubt, 0)
    return verdict if verdict is not None else wall.cluster.options.get("policy_forward") != "DROP"


def _enters_node(wall: Wall, connection: Connection, doubt: Doubt) -> bool:
    # A connection of the node with itself goes through its loopback interface.
    if not wall.node.is_on(default=True) or connection.source == connection.dest:
        return True
    verdict = _verdict([*wall.node.rules, *wall.cluster.rules], "in", connection, wall, doubt, 0)
    if verdict is not None:
        return verdict
    return _is_management(wall, connection) or wall.cluster.policy("in") == _ACCEPT


def _is_management(wall: Wall, connection: Connection) -> bool:
    if connection.proto != "tcp" or not any(low <= connection.port <= high for low, high in _MANAGEMENT_PORTS):
        return False
    own = ip_network(wall.names.local_network or wall.network or "0.0.0.0/32", strict=False)
    address = ip_address(connection.source)
    return (address.version == own.version and address in own) or wall.names.in_set(
        "management", connection.source, 0
    ) is True


def _verdict(
    rules: Sequence[Rule], direction: str, connection: Connection, wall: Wall, doubt: Doubt, guest: int
) -> bool | None:
    """Return what the first rule that fits decides; None when none fits."""
    for rule in rules:
        if str(rule.get("enable", 0)) in ("0", "", "None", "False"):
            continue
        if rule.get("type") == "group":
            decided = _of_group(rule, direction, connection, wall, doubt, guest)
        elif rule.get("type") == direction:
            decided = _of_rule(rule, connection, wall.names, doubt, guest)
        else:
            continue
        if decided is not None:
            return decided
    return None


def _of_rule(rule: Rule, connection: Connection, names: NamedNetworks, doubt: Doubt, guest: int) -> bool | None:
    fits, accepts = matches(rule, connection, names, guest), rule.get("action") == _ACCEPT
    if fits is None:
        # Read as closed, what accepts does not fit and what drops does; read as open, the other way round.
        fits = accepts == (doubt is Doubt.AS_OPEN)
    return accepts if fits else None


def _of_group(rule: Rule, direction: str, connection: Connection, wall: Wall, doubt: Doubt, guest: int) -> bool | None:
    members = wall.groups.get(str(rule.get("action")))
    if members is None:
        return doubt is Doubt.AS_OPEN
    decided = _verdict(members, direction, connection, wall, doubt, guest)
    # A group on one interface may not concern the connection at all.
    if rule.get("iface") and decided is not None and decided != (doubt is Doubt.AS_OPEN):
        return None
    return decided
