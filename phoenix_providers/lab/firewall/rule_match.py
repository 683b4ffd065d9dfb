"""Whether a rule fits a connection; a word that the lab does not know fits nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

Configuration = Mapping[str, Any]

_MACROS = {"ssh": "22", "http": "80", "https": "443", "web": "80,443", "dns": "53"}
_SERVICES = {"ssh": "22", "http": "80", "https": "443", "domain": "53"}


@dataclass(frozen=True)
class Attempt:
    """A TCP connection that somebody tries to make."""

    source: str
    dest: str
    port: int


def fits(rule: Mapping[str, Any], attempt: Attempt, cluster: Configuration, own: Configuration) -> bool:
    """Whether a rule fits; aliases and sets are looked up in its own level first, then in the datacenter's."""
    if rule.get("sport") or str(rule.get("proto") or "tcp") not in ("tcp", "6"):
        return False
    # A guest of the lab has one network device; of a node's interfaces connections on loopback use none.
    if rule.get("iface") not in (None, "", "net0"):
        return False
    ports = str(rule.get("dport") or "")
    if rule.get("macro"):
        ports = ports or _MACROS.get(str(rule["macro"]).lower(), "none")
    return (
        (not ports or any(_port_fits(part, attempt.port) for part in ports.split(",")))
        and _address_fits(rule.get("source"), attempt.source, cluster, own)
        and _address_fits(rule.get("dest"), attempt.dest, cluster, own)
    )


def in_set(name: str, address: str, cluster: Configuration, own: Configuration) -> bool:
    """Whether an IP set holds an address; of the members that do, the most specific one decides."""
    members = next((level["ipset"][name] for level in (own, cluster) if name in level.get("ipset", {})), ())
    found = [
        (ip_network(network, strict=False).prefixlen, not one.get("nomatch"))
        for one in members
        for network in _networks(str(one["cidr"]), cluster, own)
        if in_network(address, network)
    ]
    return max(found, default=(0, False))[1]


def in_network(address: str, network: str) -> bool:
    """Whether an address lies in a network, a range, or is that address."""
    first, dash, last = network.partition("-")
    try:
        if dash:
            return int(ip_address(first)) <= int(ip_address(address)) <= int(ip_address(last))
        return ip_address(address) in ip_network(network, strict=False)
    except (ValueError, TypeError):
        return False


def _port_fits(part: str, port: int) -> bool:
    low, _, high = part.strip().partition(":")
    low = _SERVICES.get(low, low)
    return low.isdecimal() and int(low) <= port <= int(high or low)


def _address_fits(text: object, address: str, cluster: Configuration, own: Configuration) -> bool:
    parts = [part.strip() for part in str(text or "").split(",") if part.strip()]
    return not parts or any(_in_one(part, address, cluster, own) for part in parts)


def _in_one(word: str, address: str, cluster: Configuration, own: Configuration) -> bool:
    if word.startswith("+"):
        return in_set(_bare(word), address, cluster, own)
    return any(in_network(address, network) for network in _networks(word, cluster, own))


def _networks(word: str, cluster: Configuration, own: Configuration) -> Iterator[str]:
    return iter([word]) if word[:1].isdigit() or ":" in word else _aliases(_bare(word), cluster, own)


def _bare(word: str) -> str:
    return word.lower().removeprefix("+").removeprefix("dc/").removeprefix("guest/")


def _aliases(name: str, cluster: Configuration, own: Configuration) -> Iterator[str]:
    for level in (own, cluster):
        if name in level.get("aliases", {}):
            yield str(level["aliases"][name]["cidr"])
            return
