from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.firewall.rules.canonical_rule import RuleRefusedError, canonical_rule


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"source": "10.0.0.5/24"}, {"source": "10.0.0.0/24"}),
        ({"source": "10.0.0.5"}, {"source": "10.0.0.5"}),
        ({"source": "10.0.0.1, 10.0.0.2"}, {"source": "10.0.0.1,10.0.0.2"}),
        ({"dest": "10.0.0.1-10.0.0.9"}, {"dest": "10.0.0.1-10.0.0.9"}),
        ({"dest": "FD00::0:1/64"}, {"dest": "fd00::/64"}),
        ({"source": "+dc/Trusted"}, {"source": "+dc/trusted"}),
        ({"source": "MyAlias"}, {"source": "myalias"}),
        ({"proto": "TCP", "port": "80,443"}, {"proto": "tcp", "port": "80,443"}),
        ({"proto": "udp", "port": "8000:8010"}, {"proto": "udp", "port": "8000:8010"}),
        ({"proto": "tcp", "port": "ssh"}, {"port": "ssh"}),
        ({"proto": "icmp"}, {"proto": "icmp"}),
        ({"proto": "icmp", "icmp-type": "Echo-Request"}, {"icmp_type": "echo-request"}),
        ({"proto": "icmp", "icmp_type": "tos-host-redirect"}, {"icmp_type": "TOS-host-redirect"}),
        ({"proto": "ipv6-icmp", "icmp-type": "packet-too-big"}, {"icmp_type": "packet-too-big"}),
        ({"proto": "tcp", "icmp-type": " "}, {"icmp_type": None}),
        ({"proto": "47"}, {"proto": "47"}),
        ({"proto": "6", "port": "22"}, {"proto": "6", "port": "22"}),
        ({"proto": "17", "port": "53", "sport": "53"}, {"port": "53", "sport": "53"}),
        ({"proto": "hopopt"}, {"proto": "hopopt"}),
        ({"proto": "ip"}, {"proto": "ip"}),
        ({"proto": "manet"}, {"proto": "manet"}),
        ({"proto": "tcp", "sport": "1024:65535", "port": "22"}, {"sport": "1024:65535"}),
        ({"proto": "tcp", "macro": "SSH"}, {"macro": "SSH"}),
        ({"proto": "tcp", "macro": "ssh", "port": "22"}, {"macro": "SSH", "port": "22"}),
        ({"iface": "enp3s0.100"}, {"iface": "enp3s0.100"}),
        ({"iface": "vmbr0:1"}, {"iface": "vmbr0:1"}),
        ({"proto": "tcp", "port": "80, 443"}, {"port": "80,443"}),
        ({"proto": "tcp", "port": "SSH"}, {"port": "ssh"}),
        ({"proto": "icmp", "port": "TOS-host-redirect"}, {"port": "TOS-host-redirect"}),
        ({"macro": "ssh"}, {"macro": "SSH"}),
        ({"macro": " POSTGRESQL "}, {"macro": "PostgreSQL"}),
        ({"macro": "OfNextYear"}, {"macro": "OfNextYear"}),
        ({"iface": " vmbr0 "}, {"iface": "vmbr0"}),
        ({"comment": "  from\nthe  office\n"}, {"comment": "from the office"}),
        ({"comment": 0}, {"comment": None}),
        ({"comment": " - "}, {"comment": None}),
        ({"type": "group", "action": "web"}, {"type": "group", "action": "web"}),
        ({"type": "group", "action": "web", "iface": " net0 ", "enabled": False}, {"iface": "net0", "enabled": False}),
        ({"type": "group", "action": "web", "source": "", "log": ""}, {"source": None, "log": None}),
        ({"source": "+sdn/zone-all"}, {"source": "+sdn/zone-all"}),
        ({"source": "+" + "a" * 64}, {"source": "+" + "a" * 64}),
        ({"comment": "", "source": "", "iface": ""}, {"comment": None, "source": None, "iface": None}),
    ],
)
def test_rules_as_proxmox_keeps_them(given: dict[str, Any], kept: dict[str, Any]) -> None:
    rule = canonical_rule(FirewallRule(**given))
    assert {name: getattr(rule, name) for name in kept} == kept


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"port": "80"}, "a port needs a protocol"),
        ({"proto": "tcp", "port": 0}, "port 0 counts as none there, so it would be for every port"),
        ({"proto": "udp", "sport": "0"}, "port 0 counts as none"),
        ({"proto": 0}, "protocol 0 counts as none there"),
        ({"source": " , "}, "list of addresses is empty"),
        ({"dest": ","}, "list of addresses is empty"),
        ({"proto": "tcp", "port": ","}, "port is not valid"),
        ({"macro": "SSH", "port": "22"}, "a port needs a protocol"),
        ({"sport": "1024:65535"}, "a port needs a protocol"),
        ({"macro": "SSH", "proto": "udp"}, "SSH brings its own proto, tcp"),
        ({"macro": "DNS", "proto": "udp"}, "DNS brings its own proto, tcp"),
        ({"macro": "SSH", "proto": "tcp", "port": "2222"}, "SSH brings its own port, 22"),
        ({"macro": "IPsec", "proto": "udp", "sport": "501"}, "IPsec brings its own"),
        ({"proto": "200"}, "no known protocol"),
        ({"proto": "icmp", "sport": "1"}, "has no ports"),
        ({"proto": "1", "port": "8"}, "has no ports"),
        ({"proto": "tcp", "port": "www"}, "port is not valid"),
        ({"proto": "icmp", "icmp-type": "packet-too-big"}, "icmp knows no such kind of message"),
        ({"proto": "icmpv6", "icmp-type": "source-quench"}, "icmpv6 knows no such kind of message"),
        ({"proto": "icmp", "icmp-type": "8"}, "icmp knows no such kind of message"),
        ({"proto": "icmp", "icmp-type": "echo-request", "port": "8"}, "exclude each other"),
        ({"proto": "tcp", "icmp-type": "echo-request"}, "only ICMP has kinds of messages"),
        ({"macro": "Ping", "icmp-type": "echo-request"}, "only ICMP has kinds of messages"),
        ({"proto": "icmp", "source": "fd00::/8"}, "icmp is for IPv4"),
        ({"proto": "icmpv6", "dest": "10.0.0.1"}, "icmpv6 is for IPv6"),
        ({"proto": "ipv6-icmp", "dest": "10.0.0.1"}, "ipv6-icmp is for IPv6"),
        ({"iface": "v"}, "interface"),
        ({"iface": "eth0-lan"}, "interface"),
        ({"iface": "a" * 21}, "interface"),
        ({"source": ",".join(f"192.168.100.{number}" for number in range(100, 135))}, "too many addresses"),
        ({"proto": "tpc"}, "no known protocol"),
        ({"proto": "256"}, "no known protocol"),
        ({"proto": "²"}, "no known protocol"),
        ({"proto": "gre", "port": "80"}, "has no ports"),
        ({"proto": "tcp", "port": "80-90"}, "port is not valid"),
        ({"proto": "tcp", "port": "90:80"}, "port is not valid"),
        ({"proto": "tcp", "port": "70000"}, "port is not valid"),
        ({"proto": "tcp", "port": "80,"}, "port is not valid"),
        ({"source": "10.0.0.0/33"}, "address that is none"),
        ({"source": "10.0.0.256"}, "address that is none"),
        ({"dest": "10.0.0.9-x"}, "address that is none"),
        ({"dest": "10.0.0.9-10.0.0.1"}, "address that is none"),
        ({"dest": "10.0.0.1-fd00::1"}, "address that is none"),
        ({"source": "10.0.0.1,fd00::1"}, "mixes IPv4 and IPv6"),
        ({"source": "10.0.0.1", "dest": "fd00::/64"}, "mixes IPv4 and IPv6"),
        ({"source": "10.0.0.1,10.0.0.5-10.0.0.9"}, "may stand in a list"),
        ({"source": "10.0.0.1,+trusted"}, "may stand in a list"),
        ({"proto": "tcp", "port": "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15:16"}, "too many ports"),
        ({"type": "forward", "action": "REJECT"}, "cannot be rejected"),
        ({"log": "loud"}, "log level"),
        ({"type": "group", "action": "Web"}, "in lower case"),
        ({"type": "group", "action": "w"}, "no name for a security group"),
        ({"type": "group", "action": "a" * 19}, "no name for a security group"),
        ({"type": "group", "action": "web", "source": "10.0.0.1"}, "has no source"),
        ({"type": "group", "action": "web", "proto": "tcp"}, "has no proto"),
        ({"type": "group", "action": "web", "log": "info"}, "has no log"),
        ({"type": "group", "action": "web", "macro": "SSH"}, "has no macro"),
        ({"type": "group", "action": "web", "iface": "v"}, "interface"),
        ({"source": "dc/" + "a" * 62}, "too long"),
        ({"source": "+dc/" + "a" * 62}, "too long"),
        ({"source": "sdn/zone"}, "address that is none"),
    ],
)
def test_what_proxmox_would_refuse(given: dict[str, Any], says: str) -> None:
    with pytest.raises(RuleRefusedError, match=says):
        canonical_rule(FirewallRule(**given))


def test_a_range_with_a_dash_gets_the_right_spelling_as_advice() -> None:
    with pytest.raises(RuleRefusedError) as caught:
        canonical_rule(FirewallRule(proto="tcp", port="80-90"))
    assert caught.value.expected == "80:90"


@pytest.mark.parametrize("name", ["a", "+a", "dc/a", "+dc/A", "guest/b"])
def test_names_have_two_characters_or_more(name: str) -> None:
    with pytest.raises(RuleRefusedError) as caught:
        canonical_rule(FirewallRule(source=name))
    assert "names have two characters or more" in caught.value.expected


@pytest.mark.parametrize("name", ["w", "1web", "a" * 19])
def test_the_names_of_security_groups(name: str) -> None:
    """`pve-security-group-name`: [A-Za-z][A-Za-z0-9\\-\\_]+, minLength 2, maxLength 18."""
    with pytest.raises(RuleRefusedError) as caught:
        canonical_rule(FirewallRule(type="group", action=name))
    assert "at least 2 characters, at most 18" in caught.value.expected
