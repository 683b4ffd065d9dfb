"""The rule that keeps a connection out, where it stands, and what stands behind it in vain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall.lockout.evaluation import (
    Chain,
    FirewallState,
    Level,
    RuleList,
    members_of,
    verdict,
)
from phoenix_providers.planning.firewall.names.content import plain_network
from phoenix_providers.planning.site_plan import Connection

_NODE = "node"
_BLACKLIST = "ip-set@blacklist"
_CONDITIONS = ("source", "dest", "proto", "dport", "sport", "iface", "macro", "icmp-type")


@dataclass(frozen=True)
class Standing:
    """A rule where it stands.

    Attributes:
        home: Whose list it is, as `SitePlan.rule_places` names it; of a node, whose rules no file has, `node NAME`.
        position: In that list, from 0; None where it is not known.
        from_files: Whether the list is that of the files.
    """

    rule: RuleRecord
    home: str
    position: int | None
    from_files: bool


@dataclass(frozen=True)
class DecidingRule:
    """The first rule that fits, which is one that closes.

    Attributes:
        bringer: The rule that brings in the security group of which it is; None where it is of none.
        opener: A rule behind it that is there to open just this, and never counts.
        member: The member of the set `blacklist` that has the address; empty where it is not known, or another rule.
    """

    at: Standing
    bringer: Standing | None = None
    opener: Standing | None = None
    member: str = ""

    @property
    def is_blacklist(self) -> bool:
        """Whether it is the set `blacklist` that closes, which comes before all rules."""
        return self.at.home == _BLACKLIST

    @property
    def front(self) -> Standing:
        """Before which rule one would have to stand that opens."""
        in_group = self.opener is not None and self.opener.home == self.at.home
        return self.at if in_group or self.bringer is None else self.bringer

    @property
    def of_node(self) -> bool:
        """Whether that one is in the node's own list."""
        return self.front.home.startswith(_NODE)


def deciding_rule(
    at: Chain, connection: Connection, firewall: FirewallState, held: Collection[str], from_files: Collection[str] = ()
) -> DecidingRule | None:
    """Return what decides in a chain that keeps a connection out; None where no rule does, but the policy.

    Args:
        at: The chain.
        connection: What is asked.
        firewall: The firewall to which it belongs.
        held: What is taken for true, see `closed_chain`.
        from_files: Names of resources of sets and groups that are as the files have them.
    """

    def decides(one: Standing) -> bool | None:
        return verdict([one.rule], at, connection, firewall, held)

    for rules in at.lists:
        standing = _standing(rules, at, firewall)
        for place, one in enumerate(standing):
            if decides(one) is None:
                continue
            if rules.home == "blacklist":
                return _blacklisted(one, connection, firewall, from_files)
            group = f"security-group@{one.rule.get('action')}"
            members = _in_order(members_of(one.rule, firewall), group, from_files=group in from_files)
            inner = next((number for number, member in enumerate(members) if decides(member) is not None), None)
            closing = one if inner is None else members[inner]
            behind = [*([] if inner is None else members[inner + 1 :]), *standing[place + 1 :]]
            return DecidingRule(
                closing,
                None if inner is None else one,
                _opener(behind, closing.rule, at.direction, connection, decides),
            )
    return None


def found_again(closing: DecidingRule, firewalls: Iterable[FirewallState]) -> DecidingRule:
    """Return a rule of a list that stands for a moment only, at its place in the first of the firewalls that has it."""
    levels = [level for firewall in firewalls for level in _levels(firewall)]
    bringer = closing.bringer and _found(closing.bringer, levels)
    return DecidingRule(_found(closing.at, levels), bringer, None, closing.member)


def _levels(firewall: FirewallState) -> Iterable[tuple[str, Level]]:
    yield "0", firewall.cluster
    yield _home_of_node(firewall), firewall.node
    yield from ((str(number), level) for number, level in firewall.guests.items())


def _found(one: Standing, levels: Iterable[tuple[str, Level]]) -> Standing:
    places = (
        (position, level.from_files)
        for home, level in levels
        if home == one.home
        for position, rule in enumerate(level.rules)
        if rule is one.rule
    )
    position, from_files = next(places, (None, False))
    return replace(one, position=position, from_files=from_files)


def _home_of_node(firewall: FirewallState) -> str:
    return f"{_NODE} {firewall.node_name}".strip()


def _standing(rules: RuleList, at: Chain, firewall: FirewallState) -> list[Standing]:
    if rules.home == "datacenter":
        return _in_order(rules.rules, "0", from_files=firewall.cluster.from_files)
    if rules.home == "guest":
        level = firewall.guests.get(at.guest, Level())
        return _in_order(rules.rules, str(at.guest), from_files=level.from_files)
    return _in_order(rules.rules, _home_of_node(firewall) if rules.home == "node" else "", from_files=False)


def _in_order(rules: Iterable[RuleRecord], home: str, *, from_files: bool) -> list[Standing]:
    return [Standing(rule, home, position, from_files) for position, rule in enumerate(rules)]


def _blacklisted(
    one: Standing, connection: Connection, firewall: FirewallState, from_files: Collection[str]
) -> DecidingRule:
    member = firewall.known.deciding_member("blacklist", connection.source, 0)
    return DecidingRule(replace(one, home=_BLACKLIST, from_files=_BLACKLIST in from_files), member=member)


def _opener(
    behind: Iterable[Standing],
    closing: RuleRecord,
    direction: str,
    connection: Connection,
    decides: Callable[[Standing], bool | None],
) -> Standing | None:
    return next((one for one in behind if decides(one) and _is_meant(one.rule, closing, direction, connection)), None)


def _is_meant(rule: RuleRecord, closing: RuleRecord, direction: str, connection: Connection) -> bool:
    """Whether a rule is there for this connection, or all that it opens is closed before.

    Otherwise the closing rule is an exception from it, which has to stay one for whatever else it is about.
    """
    ends = {"in": ("source",), "out": ("dest",)}.get(direction, ("source", "dest"))
    addresses = {"source": connection.source, "dest": connection.dest}
    is_just_this = all(plain_network(rule.get(end) or "") == plain_network(addresses[end]) for end in ends)
    return is_just_this or all(closing.get(key) in (None, "", rule.get(key)) for key in _CONDITIONS)
