"""One firewall rule: in the form in which Proxmox keeps it, or refused for a reason that Proxmox would have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.near_miss import suggestion
from phoenix_providers.planning.firewall.rules.icmp_types import ICMP_TYPES
from phoenix_providers.planning.firewall.rules.internet_names import PORTS, PROTOCOLS
from phoenix_providers.planning.firewall.rules.macros import MacroPart, macro_name, macro_parts

_PORTED_NAMES = ("tcp", "udp", "sctp", "dccp", "udplite")
_PORTED = {*_PORTED_NAMES, *(str(PROTOCOLS[name]) for name in _PORTED_NAMES)}
_FAMILY = {"icmp": 4, "icmpv6": 6, "ipv6-icmp": 6}
# Proxmox takes 0 for nothing at all: a rule with such a protocol or port is for every one.
_NOTHING = "0"
_NUMBERS = {str(number) for number in PROTOCOLS.values()} - {_NOTHING}
_HIGHEST_PORT = 65535
# A range counts as two.
_MOST_PORTS = 15
_LONGEST_ADDRESSES = 512
_PORT = re.compile(r"(\d+)(?::(\d+))?")
_INTERFACE = re.compile(r"[a-z][a-z0-9_]{1,20}([:.]\d+)?", re.IGNORECASE)
_LONGEST_INTERFACE = 20
# An alias or ip set of the datacenter or the guest, or a set of the software-defined network.
_NAMED = re.compile(r"(\+((dc|guest|sdn)/)?|((dc|guest)/)?)[a-z][a-z0-9_-]+", re.IGNORECASE)
_SHORT_NAME = re.compile(r"\+?((dc|guest|sdn)/)?[a-z]", re.IGNORECASE)
# With what stands before it, but for the plus.
_LONGEST_NAME = 64
_GROUP = re.compile(r"[a-z][a-z0-9_-]+")
_LONGEST_GROUP = 18
# Proxmox keeps nothing else of a rule that brings in a group.
_OF_GROUP_RULES = ("type", "action", "iface", "comment", "enabled")
# What Proxmox does not keep as a comment.
_LOST_COMMENTS = ("", "0", "-")
_LOG_LEVELS = {"nolog", "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}


class RuleRefusedError(ValueError):
    """A rule that Proxmox would refuse."""

    title = "Proxmox would refuse this firewall rule"

    def __init__(self, reason: str, seen: str, expected: str) -> None:
        self.seen = seen
        self.expected = expected
        super().__init__(reason)


class RuleWidenedError(RuleRefusedError):
    """A rule of which Proxmox would lose a condition."""

    title = "Proxmox would make this firewall rule wider"


def canonical_rule(rule: FirewallRule) -> FirewallRule:
    """Return the rule as Proxmox keeps it: canonical CIDRs, names in its spelling, nothing empty, no spare white space.

    Raises:
        RuleRefusedError: Proxmox would refuse it.
    """
    if rule.type == "group":
        return _group_rule(rule)
    proto = (rule.proto or "").strip().lower() or None
    if proto == _NOTHING:
        wide = "protocol 0 counts as none there, so it would be for every protocol"
        raise RuleWidenedError(wide, "proto 0", "another protocol, or a rule without proto")
    if proto is not None and proto not in PROTOCOLS and proto not in _NUMBERS:
        raise RuleRefusedError("it names no known protocol", rule.proto or "", _near(proto, PROTOCOLS, "tcp or udp"))
    macro = macro_name(rule.macro or "") or None
    port, sport = _ports(rule.port, proto, icmp=True), _ports(rule.sport, proto)
    _check_macro(macro, MacroPart(proto or "", port or "", sport or ""))
    log = rule.log.strip().lower() if rule.log else None
    if log is not None and log not in _LOG_LEVELS:
        raise RuleRefusedError("its log level is unknown", log, ", ".join(sorted(_LOG_LEVELS)))
    if rule.type == "forward" and rule.action == "REJECT":
        raise RuleRefusedError("what is forwarded cannot be rejected", "action: REJECT", "action: DROP")
    source, dest = _addresses(rule.source), _addresses(rule.dest)
    _check_families(source, dest, proto)
    icmp_type = _icmp_type(rule.icmp_type, proto, port)
    return rule.model_copy(
        update={
            "source": source,
            "dest": dest,
            "proto": proto,
            "port": port,
            "sport": sport,
            "icmp_type": icmp_type,
            "iface": _interface(rule.iface),
            "macro": macro,
            "log": log,
            "comment": plain_comment(rule.comment),
        }
    )


def plain_comment(text: str | None) -> str | None:
    """Return a comment as Proxmox keeps it: in one line, behind what it is about."""
    words = " ".join((text or "").split())
    return None if words in _LOST_COMMENTS else words


def name_grammar(longest: int) -> str:
    """Say which names Proxmox takes for aliases, IP sets and security groups."""
    return f"a letter, then one or more letters, digits, - or _: at least 2 characters, at most {longest}"


def check_group_name(name: str) -> None:
    """Check the name of a security group.

    Raises:
        RuleRefusedError: Proxmox would refuse it, or take it for that of another group or none.
    """
    if len(name) > _LONGEST_GROUP or not _GROUP.fullmatch(name.lower()):
        raise RuleRefusedError("it has no name for a security group", name, name_grammar(_LONGEST_GROUP))
    if name != name.lower():
        raise RuleRefusedError("names of security groups are in lower case", name, name.lower())


def _group_rule(rule: FirewallRule) -> FirewallRule:
    check_group_name(rule.action)
    for name in type(rule).model_fields:
        if name not in _OF_GROUP_RULES and getattr(rule, name):
            seen = f"{name}: {getattr(rule, name)}"
            raise RuleRefusedError(
                f"a rule that brings in a group has no {name}", seen, f"{name} at the rules of the group"
            )
    cleared = {name: None for name in type(rule).model_fields if name not in _OF_GROUP_RULES}
    return rule.model_copy(update=cleared | {"iface": _interface(rule.iface), "comment": plain_comment(rule.comment)})


def _ports(text: str | None, proto: str | None, *, icmp: bool = False) -> str | None:
    """Return ports in one spelling; with `icmp`, what is no port of ICMP but one of its types is left as it is."""
    port = ",".join(part.strip() for part in (text or "").split(",")) or None
    if port is None:
        return None
    if port == _NOTHING:
        wide = "port 0 counts as none there, so it would be for every port"
        raise RuleWidenedError(wide, "port 0", "a port from 1 to 65535")
    if proto is None:
        raise RuleRefusedError("a port needs a protocol", f"port {port} without proto", "proto: tcp or udp")
    if proto in _FAMILY and icmp:
        return port
    if proto not in _PORTED:
        raise RuleRefusedError(f"the protocol {proto} has no ports", f"port {port}", "a rule without port")
    parts = port.lower().split(",")
    if len(parts) + port.count(":") > _MOST_PORTS:
        raise RuleRefusedError("it has too many ports", port, f"at most {_MOST_PORTS}; a range counts as two")
    for part in parts:
        if not _is_port(part):
            raise RuleRefusedError("its port is not valid", part, _port_hint(part))
    return ",".join(parts)


def _icmp_type(text: str | None, proto: str | None, port: str | None) -> str | None:
    name = (text or "").strip()
    if not name:
        return None
    known = ICMP_TYPES.get(proto or "")
    if known is None:
        raise RuleRefusedError("only ICMP has kinds of messages", f"icmp-type {name}", "proto: icmp or icmpv6")
    if port:
        raise RuleRefusedError("a kind of message and a port exclude each other", f"icmp-type {name}", "no port")
    spelt = next((one for one in known if one.lower() == name.lower()), None)
    if spelt is None:
        raise RuleRefusedError(f"{proto} knows no such kind of message", name, _near(name, known, "echo-request"))
    return spelt


def _is_port(text: str) -> bool:
    found = _PORT.fullmatch(text)
    if found is None:
        return text in PORTS
    return 0 <= int(found[1]) <= int(found[2] or found[1]) <= _HIGHEST_PORT


def _port_hint(part: str) -> str:
    if re.fullmatch(r"\d+-\d+", part):
        return part.replace("-", ":")
    return _near(part, PORTS, "80, 80,443 or 8000:8010") if part[:1].isalpha() else "80, 80,443 or 8000:8010"


def _near(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return what may have been meant; Proxmox knows too many words to list them."""
    found = suggestion(word, tuple(known))
    return found if found.startswith("did you mean") else otherwise


def _check_macro(macro: str | None, said: MacroPart) -> None:
    """A macro brings its own protocol and ports; what a rule says beside it has to be the same in every part."""
    for part in macro_parts(macro or "") or ():
        for name, own, other in zip(("proto", "port", "sport"), part, said, strict=True):
            if other and own and own != other:
                raise RuleRefusedError(
                    f"the macro {macro} brings its own {name}, {own}",
                    f"macro {macro} and {name} {other}",
                    f"a rule without {name}, or without the macro",
                )


def _interface(text: str | None) -> str | None:
    name = (text or "").strip()
    if name and (len(name) > _LONGEST_INTERFACE or not _INTERFACE.fullmatch(name)):
        raise RuleRefusedError("its interface has no name that Proxmox takes", name, "vmbr0, or net0 on a guest")
    return name or None


def _addresses(text: str | None) -> str | None:
    """Return a list of addresses, networks, ranges, aliases and sets in one spelling."""
    parts = [canonical for part in (text or "").split(",") if part.strip() for canonical in [_address(part.strip())]]
    if not parts and (text or "").strip():
        raise RuleRefusedError("its list of addresses is empty", text or "", "an address, or no such key")
    if len(parts) > 1 and (alone := next((part for part in parts if not _may_stand_in_a_list(part)), None)):
        raise RuleRefusedError("only addresses and networks may stand in a list", alone, "one rule for each")
    if len(together := ",".join(parts)) > _LONGEST_ADDRESSES:
        longest = f"at most {_LONGEST_ADDRESSES} characters; an IP set (+name) holds any number"
        raise RuleRefusedError("it has too many addresses", f"{len(together)} characters", longest)
    return together or None


def _range(first: IPv4Address | IPv6Address, last: IPv4Address | IPv6Address) -> str:
    if first.version != last.version or int(first) > int(last):
        raise ValueError("no range")
    return f"{first}-{last}"


def _may_stand_in_a_list(part: str) -> bool:
    return "-" not in part and (part[:1].isdigit() or ":" in part)


def _check_families(source: str | None, dest: str | None, proto: str | None) -> None:
    parts = [part for text in (source, dest) if text for part in text.split(",") if part[:1].isdigit() or ":" in part]
    families = {6 if ":" in part else 4 for part in parts}
    if len(families) > 1:
        raise RuleRefusedError("it mixes IPv4 and IPv6", ", ".join(parts), "one rule for each")
    family = _FAMILY.get(proto or "")
    if family and families - {family}:
        other = "icmpv6" if proto == "icmp" else "icmp"
        raise RuleRefusedError(f"{proto} is for IPv{family}", ", ".join(parts), f"proto: {other}")


def _address(text: str) -> str:
    try:
        if "/" in text and text[0] != "+" and not text.startswith(("dc/", "guest/", "sdn/")):
            return str(ip_network(text, strict=False))
        if "-" in text and text[0].isdigit():
            return _range(*(ip_address(end) for end in text.split("-", 1)))
        return str(ip_address(text))
    except ValueError:
        if _NAMED.fullmatch(text):
            if len(text.removeprefix("+")) > _LONGEST_NAME:
                raise RuleRefusedError(
                    "it uses a name that is too long", text, f"at most {_LONGEST_NAME} characters"
                ) from None
            return text.lower()
        names = " (names have two characters or more)" if _SHORT_NAME.fullmatch(text) else ""
        raise RuleRefusedError(
            "it has an address that is none", text, f"an IP, 10.0.0.0/24, 10.0.0.5-10.0.0.9, an alias or a +set{names}"
        ) from None
