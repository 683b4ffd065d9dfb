"""Whether two rules could apply to the same packet; what is not known counts as yes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall.rules.internet_names import PORTS, PROTOCOLS
from phoenix_providers.planning.firewall.rules.macros import macro_parts

_GROUP = "group"
# Of a number that iptables takes for any protocol, and of those whose ports some of Proxmox's firewalls ignore.
_ANY = 0
_ICMP = (1, 58)
_GUEST_INTERFACE = re.compile(r"net\d+")


class _Span(NamedTuple):
    """Numbers from `low` to `high`; `family` tells addresses of IPv4 and IPv6 apart."""

    low: int
    high: int
    family: int = 0


class _Kind(NamedTuple):
    """What a rule asks of protocol and ports; None stands for anything."""

    proto: int | None
    dport: tuple[_Span, ...] | None
    sport: tuple[_Span, ...] | None


def could_meet(one: RuleRecord, other: RuleRecord) -> bool:
    """Whether there may be a packet to which both rules apply, switches left aside."""
    if _GROUP in (one.get("type"), other.get("type")):
        return True
    return (
        one.get("type") == other.get("type")
        and _share(_networks(one.get("source")), _networks(other.get("source")))
        and _share(_networks(one.get("dest")), _networks(other.get("dest")))
        and _same_interface(str(one.get("iface") or ""), str(other.get("iface") or ""))
        and any(_kinds_meet(first, second) for first in _kinds(one) for second in _kinds(other))
    )


def drops_the_rest(rule: RuleRecord) -> bool:
    """Whether a rule closes everything that comes to it in its direction, as a policy does."""
    conditions = ("source", "dest", "proto", "dport", "sport", "iface", "macro", "icmp-type")
    return rule.get("action") in ("DROP", "REJECT") and not any(rule.get(key) for key in conditions)


def _share(one: tuple[_Span, ...] | None, other: tuple[_Span, ...] | None) -> bool:
    if one is None or other is None:
        return True
    return any(a.family == b.family and a.low <= b.high and b.low <= a.high for a in one for b in other)


def _networks(text: object) -> tuple[_Span, ...] | None:
    """Return the addresses of a list; None where it is empty, or names an alias or a set."""
    parts = [part.strip() for part in str(text or "").split(",") if part.strip()]
    try:
        return tuple(map(_network, parts)) or None
    except ValueError:
        return None


def _network(text: str) -> _Span:
    first, separator, last = text.partition("-")
    if separator:
        low, high = ip_address(first), ip_address(last)
        return _Span(int(low), int(high), low.version)
    network = ip_network(text, strict=False)
    return _Span(int(network[0]), int(network[-1]), network.version)


def _same_interface(one: str, other: str) -> bool:
    """Only the devices of a guest are known to be different ones."""
    told_apart = all(_GUEST_INTERFACE.fullmatch(name) for name in (one, other))
    return one == other or not told_apart


def _kinds(rule: RuleRecord) -> list[_Kind]:
    proto, dport, sport = (str(rule.get(key) or "") for key in ("proto", "dport", "sport"))
    own = _Kind(_protocol(proto), _ports(dport), _ports(sport))
    if not rule.get("macro"):
        return [own]
    parts = macro_parts(str(rule["macro"]))
    if parts is None or any(_protocol(part.proto) in (None, *_ICMP) for part in parts):
        # Some macros are others for IPv6.
        return [_Kind(None, None, None)]
    found = [_Kind(_protocol(part.proto), _ports(part.port), _ports(part.sport)) for part in parts]
    return [_Kind(kind.proto, kind.dport or own.dport, kind.sport or own.sport) for kind in found]


def _kinds_meet(one: _Kind, other: _Kind) -> bool:
    if one.proto is not None and other.proto is not None and one.proto != other.proto:
        return False
    if one.proto in _ICMP or other.proto in _ICMP:
        return True
    return _share(one.dport, other.dport) and _share(one.sport, other.sport)


def _protocol(text: str) -> int | None:
    """Return the number of a protocol; None for any."""
    number = int(text) if text.isdecimal() else PROTOCOLS.get(text.lower())
    return None if number == _ANY else number


def _ports(text: str) -> tuple[_Span, ...] | None:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = tuple(_port(part) for part in parts)
    return None if not found or None in found else tuple(_known(found))


def _port(text: str) -> _Span | None:
    low, _, high = text.partition(":")
    if low.isdecimal() and (high or low).isdecimal():
        return _Span(int(low), int(high or low))
    number = PORTS.get(text.lower())
    return None if number is None else _Span(number, number)


def _known(spans: Iterable[_Span | None]) -> Iterable[_Span]:
    return (span for span in spans if span is not None)
