"""One firewall rule: in the form in which Proxmox keeps it, or refused for a reason that Proxmox would have."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.firewall_macros import macro_name
from phoenix_providers.planning.names import is_port_number

_PORTED = {"tcp", "udp", "sctp", "dccp", "udplite"}
_ICMP = {"icmp", "icmpv6", "ipv6-icmp"}
_OTHERS = (
    "igmp ggp ipencap st egp igp pup hmp xns-idp rdp iso-tp4 xtp ddp idpr-cmtp ipv6 ipv6-route ipv6-frag idrp rsvp gre"
    " esp ah skip ipv6-nonxt ipv6-opts vmtp eigrp ospf ax.25 ipip etherip encap pim ipcomp vrrp l2tp isis fc"
    " mobility-header mpls-in-ip hip shim6 wesp rohc"
)
_PROTOCOLS = _PORTED | _ICMP | frozenset(_OTHERS.split())
_HIGHEST_PROTOCOL, _HIGHEST_PORT = 255, 65535
# A range counts as two.
_MOST_PORTS = 15
_PORT = re.compile(r"(\d+)(?::(\d+))?")
_SERVICE = re.compile(r"[a-z][a-z0-9-]*", re.IGNORECASE)
# An alias or ip set of the datacenter or the guest.
_NAMED = re.compile(r"\+?((dc|guest|sdn)/)?[a-z][a-z0-9_-]+", re.IGNORECASE)
_LOG_LEVELS = {"nolog", "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}


class RuleRefusedError(ValueError):
    """A rule that Proxmox would refuse."""

    def __init__(self, reason: str, seen: str, expected: str) -> None:
        self.seen = seen
        self.expected = expected
        super().__init__(reason)


def canonical_rule(rule: FirewallRule) -> FirewallRule:
    """Return the rule as Proxmox keeps it: canonical CIDRs, names in its spelling, nothing empty, no spare white space.

    Raises:
        RuleRefusedError: Proxmox would refuse it.
    """
    proto = rule.proto.strip().lower() if rule.proto else None
    if proto is not None and not _is_protocol(proto):
        raise RuleRefusedError("it names no known protocol", rule.proto or "", "tcp, udp, icmp and the like")
    macro = macro_name(rule.macro or "") or None
    port, sport = (_ports(text, proto, macro) for text in (rule.port, rule.sport))
    log = rule.log.strip().lower() if rule.log else None
    if log is not None and log not in _LOG_LEVELS:
        raise RuleRefusedError("its log level is unknown", log, ", ".join(sorted(_LOG_LEVELS)))
    if rule.type == "forward" and rule.action == "REJECT":
        raise RuleRefusedError("what is forwarded cannot be rejected", "action: REJECT", "action: DROP")
    source, dest = _addresses(rule.source), _addresses(rule.dest)
    _check_families(source, dest)
    return rule.model_copy(
        update={
            "source": source,
            "dest": dest,
            "proto": proto,
            "port": port,
            "sport": sport,
            "iface": (rule.iface or "").strip() or None,
            "macro": macro,
            "log": log,
            # Proxmox keeps a rule in one line, and the comment behind it.
            "comment": " ".join((rule.comment or "").split()) or None,
        }
    )


def _is_protocol(proto: str) -> bool:
    return proto in _PROTOCOLS or (is_port_number(proto) and int(proto) <= _HIGHEST_PROTOCOL)


def _ports(text: str | None, proto: str | None, macro: str | None) -> str | None:
    port = ",".join(part.strip() for part in (text or "").split(",")) or None
    if port is not None:
        port = port.lower() if proto in _PORTED else port
        _check_port(port, proto, macro)
    return port


def _check_port(port: str, proto: str | None, macro: str | None) -> None:
    if proto is None:
        if macro:
            raise RuleRefusedError("a macro brings its own ports", f"macro {macro} and port {port}", "one of the two")
        raise RuleRefusedError("a port needs a protocol", f"port {port} without proto", "proto: tcp or udp")
    if proto in _ICMP:
        return
    if proto not in _PORTED:
        raise RuleRefusedError(f"the protocol {proto} has no ports", f"port {port}", "a rule without port")
    parts = port.split(",")
    if len(parts) + port.count(":") > _MOST_PORTS:
        raise RuleRefusedError("it has too many ports", port, f"at most {_MOST_PORTS}; a range counts as two")
    for part in parts:
        if not _is_port(part):
            hint = part.replace("-", ":") if re.fullmatch(r"\s*\d+-\d+\s*", part) else "80, 80,443 or 8000:8010"
            raise RuleRefusedError("its port is not valid", part, hint)


def _is_port(text: str) -> bool:
    found = _PORT.fullmatch(text)
    if found is None:
        return bool(_SERVICE.fullmatch(text))
    return 0 <= int(found[1]) <= int(found[2] or found[1]) <= _HIGHEST_PORT


def _addresses(text: str | None) -> str | None:
    """Return a list of addresses, networks, ranges, aliases and sets in one spelling."""
    parts = [canonical for part in (text or "").split(",") if part.strip() for canonical in [_address(part.strip())]]
    if len(parts) > 1 and (alone := next((part for part in parts if not _may_stand_in_a_list(part)), None)):
        raise RuleRefusedError("only addresses and networks may stand in a list", alone, "one rule for each")
    return ",".join(parts) or None


def _range(first: IPv4Address | IPv6Address, last: IPv4Address | IPv6Address) -> str:
    if first.version != last.version or int(first) > int(last):
        raise ValueError("no range")
    return f"{first}-{last}"


def _may_stand_in_a_list(part: str) -> bool:
    return "-" not in part and (part[:1].isdigit() or ":" in part)


def _check_families(source: str | None, dest: str | None) -> None:
    parts = [part for text in (source, dest) if text for part in text.split(",") if part[:1].isdigit() or ":" in part]
    if len({":" in part for part in parts}) > 1:
        raise RuleRefusedError("it mixes IPv4 and IPv6", ", ".join(parts), "one rule for each")


def _address(text: str) -> str:
    try:
        if "/" in text and text[0] != "+" and not text.startswith(("dc/", "guest/", "sdn/")):
            return str(ip_network(text, strict=False))
        if "-" in text and text[0].isdigit():
            return _range(*(ip_address(end) for end in text.split("-", 1)))
        return str(ip_address(text))
    except ValueError:
        if _NAMED.fullmatch(text):
            return text.lower()
        raise RuleRefusedError(
            "it has an address that is none", text, "an IP, 10.0.0.0/24, 10.0.0.5-10.0.0.9, an alias or a +set"
        ) from None
