"""How Proxmox's firewall decides on one connection.

Proxmox evaluates (pve-firewall, iptables): on a node first the set `blacklist`, then the node's rules, then the
datacenter's, then what the set `management` may do (the API, VNC, SPICE, SSH; the node's own network belongs to it
unless it is excluded), then the datacenter's policy. What a node itself opens meets its rules that go out, then what
its own network is always reached by, then the datacenter's policy for that. On a guest the guest's rules, then the
guest's policy: for the sender's guest those that go out, for the receiver's those that come in. A guest's network
device takes part only with `firewall=1`; with it the set `blacklist` counts, even while the guest's own firewall is
off. Nothing is filtered while the datacenter is switched off. Established connections always pass; here it is new ones
that are asked about.

With the firewall for nftables (proxmox-firewall) the management set comes before all rules, there is no blacklist, and
nothing is always reached from a node. Rules of type `forward` count there alone, and for what the node routes; what
stays on one bridge is not asked. Which of the two a connection of guests is, is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple

from phoenix_providers.models.proxmox_records import OptionsRecord, RuleRecord
from phoenix_providers.planning.firewall.rules.match import NamedNetworks, unknowns_of
from phoenix_providers.planning.proxmox.api_words import is_switched_on
from phoenix_providers.planning.site_plan import Connection

_ACCEPT = "ACCEPT"
_BLACKLIST: RuleRecord = {"type": "in", "action": "DROP", "source": "+dc/blacklist", "enable": 1}
_MANAGEMENT: RuleRecord = {
    "type": "in",
    "action": _ACCEPT,
    "source": "+dc/management",
    "proto": "tcp",
    "dport": "8006,5900:5999,3128,22,60000:60050",
    "enable": 1,
}
# Migration does not belong to it with nftables.
_MANAGEMENT_FIRST: RuleRecord = {**_MANAGEMENT, "dport": "8006,5900:5999,3128,22"}
_OWN_NETWORK: RuleRecord = {
    "type": "out",
    "action": _ACCEPT,
    "dest": "dc/local_network",
    "proto": "tcp",
    "dport": "8006,22,5900:5999,3128",
    "enable": 1,
}


@dataclass(frozen=True)
class Level:
    """One list of rules with its options, as the API shows them.

    Attributes:
        from_files: Whether the rules are those of the files, in their order.
    """

    rules: Sequence[RuleRecord] = ()
    options: OptionsRecord = field(default_factory=dict)
    from_files: bool = field(default=False, compare=False)

    def is_on(self, *, default: bool = False) -> bool:
        """Whether its switch is on; only nodes are on by default."""
        value = self.options.get("enable")
        return default if value in (None, "") else str(value) not in ("0", "False")

    def policy(self, direction: str) -> str:
        """Return the policy for `in` or `out`."""
        return str(self.options.get(f"policy_{direction}") or ("DROP" if direction == "in" else _ACCEPT))


@dataclass(frozen=True)
class FirewallState:
    """The whole firewall at one moment.

    Attributes:
        guests: By number; one that is not here is not filtered.
        names: Networks that rules may name.
        groups: Rules of the security groups, by name.
        network: The node's own network, for example "10.0.0.0/24"; empty if it is not known.
        devices: By guest, whether each of its network devices has `firewall=1`; a guest that is not here counts as if
            all had.
        node_name: Empty if nobody says it.
    """

    cluster: Level
    node: Level
    guests: Mapping[int, Level]
    names: NamedNetworks
    groups: Mapping[str, Sequence[RuleRecord]]
    network: str = ""
    devices: Mapping[int, Sequence[bool]] = field(default_factory=dict)
    node_name: str = ""

    @cached_property
    def known(self) -> NamedNetworks:
        """The names with what Proxmox itself adds: the alias of its own network, which the management set holds."""
        return self.names.with_own_network(self.network)


class RuleList(NamedTuple):
    """Rules that stand in one place; those that Proxmox itself adds are of the place `proxmox`."""

    home: Literal["blacklist", "node", "datacenter", "guest", "proxmox"]
    rules: Sequence[RuleRecord]


@dataclass(frozen=True)
class Chain:
    """Lists of rules, one behind the other, and a policy, that a connection has to pass.

    Attributes:
        guest: Whose it is; 0 for node and datacenter.
        direction: Which of its rules count: in, out or forward.
        opens: What happens where no rule fits.
        counts: Whether it is switched on.
        only_if: What has to be true for it to count, of what is not known; empty when it counts anyhow.
    """

    guest: int
    direction: str
    lists: Sequence[RuleList]
    opens: bool
    counts: bool
    only_if: str = ""

    @property
    def rules(self) -> list[RuleRecord]:
        """All of them, in the order in which they count."""
        return [rule for one in self.lists for rule in one.rules]


def closed_chain(firewall: FirewallState, connection: Connection, held: Collection[str]) -> Chain | None:
    """Return what keeps a new connection out; None when it comes through.

    Args:
        firewall: The firewall.
        connection: What is asked.
        held: What is taken for true of `unknowns`; everything else of it is taken for false.
    """
    return next(closed_chains(firewall, connection, held), None)


def closed_chains(firewall: FirewallState, connection: Connection, held: Collection[str]) -> Iterator[Chain]:
    """Give everything that keeps a new connection out, in the order in which it meets them; see `closed_chain`."""
    for one in _chains(firewall, connection):
        if one.counts and (not one.only_if or one.only_if in held):
            decided = verdict(one.rules, one, connection, firewall, held)
            if not (one.opens if decided is None else decided):
                yield one


def unknowns(firewall: FirewallState, connection: Connection) -> frozenset[str]:
    """Return everything that is not known and on which a verdict may depend, whatever is switched on."""
    found: set[str] = set()
    for one in _chains(firewall, connection):
        found |= {one.only_if} if one.only_if else set()
        members = (member for rule in one.rules for member in [rule, *members_of(rule, firewall)])
        for rule in members:
            found |= _group_unknowns(rule, one.guest) if rule.get("type") == "group" else frozenset()
            if rule.get("type") == one.direction:
                found |= unknowns_of(rule, connection, firewall.known, one.guest) or frozenset()
    return frozenset(found)


def concerns(rule: RuleRecord, connection: Connection, firewall: FirewallState, guest: int) -> bool:
    """Whether a rule may decide on a connection at all; `guest` is where it stands, 0 for node and datacenter."""
    if not is_switched_on(rule):
        return False
    return rule.get("type") == "group" or unknowns_of(rule, connection, firewall.known, guest) is not None


def _chains(firewall: FirewallState, connection: Connection) -> Iterator[Chain]:
    on = firewall.cluster.is_on()
    sender, receiver = connection.from_guest, connection.to_guest
    # A connection of the node with itself goes through its loopback interface.
    host_on = on and firewall.node.is_on(default=True) and connection.source != connection.dest
    nftables = bool(firewall.node.options.get("nftables"))
    blacklist = [RuleList("blacklist", [_BLACKLIST])] if "blacklist" in firewall.names.sets and not nftables else []
    rules = [RuleList("node", firewall.node.rules), RuleList("datacenter", firewall.cluster.rules)]
    if sender:
        yield _of_guest(firewall, sender, "out", on=on)
    if connection.from_node:
        leaving = rules if nftables else [*rules, RuleList("proxmox", [_OWN_NETWORK])]
        yield Chain(0, "out", leaving, firewall.cluster.policy("out") == _ACCEPT, host_on)
    if not receiver:
        # A chain of its own, since no rule behind it opens what it closes.
        yield Chain(0, "in", blacklist, opens=True, counts=host_on)
        management = RuleList("proxmox", [_MANAGEMENT_FIRST if nftables else _MANAGEMENT])
        arriving = [management, *rules] if nftables else [*rules, management]
        yield Chain(0, "in", arriving, firewall.cluster.policy("in") == _ACCEPT, host_on)
        return
    opens = firewall.cluster.options.get("policy_forward") != "DROP"
    routed = host_on and nftables and not connection.from_node
    yield Chain(0, "forward", rules, opens, routed, only_if="the node routes between guests")
    yield replace(
        _of_guest(firewall, receiver, "in", on=on),
        lists=blacklist,
        opens=True,
        counts=on and _is_seen(firewall, receiver),
    )
    yield _of_guest(firewall, receiver, "in", on=on)


def _is_seen(firewall: FirewallState, guest: int) -> bool:
    """Whether what a guest gets comes by a device that takes part."""
    return any(firewall.devices.get(guest, (True,)))


def _of_guest(firewall: FirewallState, guest: int, direction: str, *, on: bool) -> Chain:
    level = firewall.guests.get(guest, Level())
    unclear = "" if all(firewall.devices.get(guest, (True,))) else f"{guest} its address is on a device with firewall=1"
    counts = on and level.is_on() and _is_seen(firewall, guest)
    lists = [RuleList("guest", level.rules)]
    return Chain(guest, direction, lists, level.policy(direction) == _ACCEPT, counts, unclear)


def verdict(
    rules: Sequence[RuleRecord], place: Chain, connection: Connection, firewall: FirewallState, held: Collection[str]
) -> bool | None:
    """Return what the first rule that fits decides; None when none fits."""
    for rule in rules:
        if not is_switched_on(rule):
            continue
        if rule.get("type") == "group":
            if all(unknown in held for unknown in _group_unknowns(rule, place.guest)):
                decided = verdict(members_of(rule, firewall), place, connection, firewall, held)
                if decided is not None:
                    return decided
        elif rule.get("type") == place.direction:
            needed = unknowns_of(rule, connection, firewall.known, place.guest)
            if needed is not None and all(unknown in held for unknown in needed):
                return bool(rule.get("action") == _ACCEPT)
    return None


def members_of(rule: RuleRecord, firewall: FirewallState) -> Sequence[RuleRecord]:
    """Return the rules of a group; one that does not exist has none for Proxmox either."""
    return firewall.groups.get(str(rule.get("action")), ()) if rule.get("type") == "group" else ()


def _group_unknowns(rule: RuleRecord, guest: int) -> frozenset[str]:
    iface = rule.get("iface")
    return frozenset() if not iface or (guest and iface == "net0") else frozenset([f"{guest} iface {iface}"])
