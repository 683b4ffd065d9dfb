"""Whether one rule of Proxmox fits one connection; in parts: yes, no, or unknown (None)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Self

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall.rules.macros import macro_ports
from phoenix_providers.planning.site_plan import Connection

_PROTOCOLS = {"6": "tcp", "17": "udp"}
# Number 0: for iptables every protocol, for nftables that one alone.
_EVERY_OR_ONE = frozenset({"ip", "hopopt"})
_SERVICES = {
    "ssh": 22,
    "domain": 53,
    "http": 80,
    "https": 443,
    "ntp": 123,
    "smtp": 25,
    "imap": 143,
    "imaps": 993,
    "http-alt": 8080,
}


@dataclass(frozen=True)
class NamedNetworks:
    """Aliases and sets that rules may name, in lower case.

    Attributes:
        aliases: Of the datacenter, by name.
        sets: Of the datacenter; an excluded member has a `!` in front.
        guest_aliases: By guest, then by name.
        guest_sets: The same.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    guest_aliases: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    guest_sets: Mapping[int, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def network(self, name: str, guest: int) -> str | None:
        """Return what an alias stands for."""
        scope, _, bare = name.rpartition("/")
        found = None if scope == "dc" else self.guest_aliases.get(guest, {}).get(bare)
        return found if found is not None or scope == "guest" else self.aliases.get(bare)

    def in_alias(self, name: str, address: str, guest: int) -> bool | None:
        """Whether an alias stands for an address; None when it is not known."""
        network = self.network(name, guest)
        return None if network is None else _in(address, network)

    def in_set(self, name: str, address: str, guest: int) -> bool | None:
        """Whether an address is in a set, where the most specific member decides; None when it is not known."""
        members = self._members(name, guest)
        if members is None:
            return None
        if member := self.deciding_member(name, address, guest):
            return not member.startswith("!")
        return False if all(self._plain(one.removeprefix("!"), guest) for one in members) else None

    def deciding_member(self, name: str, address: str, guest: int) -> str:
        """Return the member of a set that decides on an address; empty where none is known to."""
        networks = [(self._plain(one.removeprefix("!"), guest), one) for one in self._members(name, guest) or ()]
        found = [
            (_prefix(network), not one.startswith("!"), one)
            for network, one in networks
            if network and _in(address, network)
        ]
        return max(found)[2] if found else ""

    def with_own_network(self, network: str) -> Self:
        """Return the names with what Proxmox itself adds: the alias of the node's network, in the management set."""
        aliases = {"local_network": network, **self.aliases} if network else self.aliases
        members = (*self.sets.get("management", ()), "local_network")
        return replace(self, aliases=aliases, sets={**self.sets, "management": members})

    def _members(self, name: str, guest: int) -> Sequence[str] | None:
        scope, _, bare = name.rpartition("/")
        members = None if scope == "dc" else self.guest_sets.get(guest, {}).get(bare)
        return self.sets.get(bare) if members is None and scope != "guest" else members

    def _plain(self, member: str, guest: int) -> str:
        return member if member[:1].isdigit() or ":" in member else self.network(member.lower(), guest) or ""


def unknowns_of(rule: RuleRecord, connection: Connection, names: NamedNetworks, guest: int) -> frozenset[str] | None:
    """Return what has to be true for a rule to fit, of what nobody here knows; None when it does not fit anyhow.

    Args:
        rule: In Proxmox's words.
        connection: What is asked.
        names: What the rule may name.
        guest: On which the rule stands; 0 for the node.
    """
    unknown = []
    # What tells most rules apart comes first.
    for key, fits in _parts(rule, connection, names, guest):
        if fits is False:
            return None
        if fits is None:
            unknown.append(f"{guest} {key} {rule.get(key) or rule['proto']}")
    return frozenset(unknown)


def _parts(
    rule: RuleRecord, connection: Connection, names: NamedNetworks, guest: int
) -> Iterator[tuple[str, bool | None]]:
    yield "dport", _protocol_and_port(rule, connection)
    yield "macro", _macro(rule, connection)
    yield "source", _address(str(rule.get("source") or ""), connection.source, names, guest)
    yield "dest", _address(str(rule.get("dest") or ""), connection.dest, names, guest)
    yield "iface", _interface(str(rule.get("iface") or ""), guest)
    yield "sport", None if rule.get("sport") else True


def _macro(rule: RuleRecord, connection: Connection) -> bool | None:
    if not (macro := str(rule.get("macro") or "")):
        return True
    known = macro_ports(macro)
    if known is None:
        return None
    return connection.proto in known and (_port(known[connection.proto], connection.port) or False)


def _protocol_and_port(rule: RuleRecord, connection: Connection) -> bool | None:
    proto = str(rule.get("proto") or "")
    proto = _PROTOCOLS.get(proto, proto)
    if proto in _EVERY_OR_ONE:
        return None
    if proto and proto != connection.proto:
        return False
    ports = str(rule.get("dport") or "")
    return _port(ports, connection.port) if ports else True


def _port(text: str, port: int) -> bool | None:
    unknown = False
    for part in text.split(","):
        low, _, high = part.strip().partition(":")
        low = str(_SERVICES.get(low.lower(), low))
        if not low.isdecimal():
            unknown = True
        elif int(low) <= port <= int(high or low):
            return True
    return None if unknown else False


def _address(text: str, address: str, names: NamedNetworks, guest: int) -> bool | None:
    if not text:
        return True
    found = [_one_address(part.strip(), address, names, guest) for part in text.split(",")]
    if True in found:
        return True
    return None if None in found else False


def _one_address(part: str, address: str, names: NamedNetworks, guest: int) -> bool | None:
    if part.startswith("+"):
        return names.in_set(part[1:].lower(), address, guest)
    if part[:1].isdigit() or ":" in part:
        return _in(address, part)
    return names.in_alias(part.lower(), address, guest)


def _in(address: str, network: str) -> bool:
    wanted = ip_address(address)
    first, separator, last = network.partition("-")
    try:
        if separator:
            low, high = ip_address(first), ip_address(last)
            return wanted.version == low.version and int(low) <= int(wanted) <= int(high)
        parsed = _network(network)
    except ValueError:
        return False
    return wanted.version == parsed.version and wanted in parsed


def _prefix(network: str) -> int:
    return _network(network).prefixlen


@cache
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


def _interface(name: str, guest: int) -> bool | None:
    """A guest's first network device is the one with its address; of others, and of a node's, nothing is known."""
    return True if not name or (guest and name == "net0") else None
