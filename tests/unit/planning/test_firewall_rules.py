from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.firewall_rules import RuleRefusedError, canonical_rule


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
        ({"proto": "47"}, {"proto": "47"}),
        ({"proto": "tcp", "port": "80, 443"}, {"port": "80,443"}),
        ({"proto": "tcp", "port": "SSH"}, {"port": "ssh"}),
        ({"proto": "icmp", "port": "TOS-host-redirect"}, {"port": "TOS-host-redirect"}),
        ({"macro": "ssh"}, {"macro": "SSH"}),
        ({"macro": " POSTGRESQL "}, {"macro": "PostgreSQL"}),
        ({"macro": "OfNextYear"}, {"macro": "OfNextYear"}),
        ({"iface": " vmbr0 "}, {"iface": "vmbr0"}),
        ({"comment": "  from\nthe  office\n"}, {"comment": "from the office"}),
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
        ({"macro": "SSH", "port": "22"}, "brings its own ports"),
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
    ],
)
def test_what_proxmox_would_refuse(given: dict[str, Any], says: str) -> None:
    with pytest.raises(RuleRefusedError, match=says):
        canonical_rule(FirewallRule(**given))


def test_a_range_with_a_dash_gets_the_right_spelling_as_advice() -> None:
    with pytest.raises(RuleRefusedError) as caught:
        canonical_rule(FirewallRule(proto="tcp", port="80-90"))
    assert caught.value.expected == "80:90"
