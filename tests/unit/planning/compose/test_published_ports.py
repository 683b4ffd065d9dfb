from __future__ import annotations

import pytest

from phoenix_providers.lab.docker.ports import parse_ports
from phoenix_providers.planning.compose.published_ports import PortError, PublishedPort, read_ports


@pytest.mark.parametrize(
    ("entry", "ports"),
    [
        ("8080:80", [PublishedPort(80, 8080)]),
        (8080, [PublishedPort(8080, None)]),
        ("80", [PublishedPort(80, None)]),
        ("127.0.0.1:8080:80", [PublishedPort(80, 8080, "tcp", "127.0.0.1")]),
        ("127.0.0.1::80", [PublishedPort(80, None, "tcp", "127.0.0.1")]),
        ("[::1]:8080:80", [PublishedPort(80, 8080, "tcp", "::1")]),
        ("53:53/udp", [PublishedPort(53, 53, "udp")]),
        ("8000-8001:9000-9001", [PublishedPort(9000, 8000), PublishedPort(9001, 8001)]),
        ("8000-8005:80", [PublishedPort(80, None)]),
        ("0:80", [PublishedPort(80, None)]),
        (":80", [PublishedPort(80, None)]),
        (":8080:80", [PublishedPort(80, 8080)]),
        ("::1:8080:80", [PublishedPort(80, 8080, "tcp", "::1")]),
        ({"target": 80, "published": ""}, [PublishedPort(80, None)]),
        ({"target": 80, "published": 0}, [PublishedPort(80, None)]),
        ({"target": 80, "published": "8080"}, [PublishedPort(80, 8080)]),
        (
            {"target": 80, "published": 8080, "protocol": "udp", "host_ip": "10.0.0.1"},
            [PublishedPort(80, 8080, "udp", "10.0.0.1")],
        ),
        ({"target": 80}, [PublishedPort(80, None)]),
    ],
)  # fmt: skip
def test_ports(entry: object, ports: list[PublishedPort]) -> None:
    assert list(read_ports(entry)) == ports


@pytest.mark.parametrize(
    "entry",
    ["8080:", "", "a:80", "70000:80", "80:0", " 80:80", "8000-8001:90-95", "80:80/icmp", "300.1.1.1:80:80", {}, True,
     None, [], {"target": 80, "published": "web"}, {"target": "", "published": 80}],
)  # fmt: skip
def test_what_compose_refuses(entry: object) -> None:
    with pytest.raises(PortError):
        read_ports(entry)


def test_loopback_and_addresses() -> None:
    (port,) = read_ports("127.0.0.5:80:80")
    assert port.loopback_only
    (port,) = read_ports("10.0.0.9:80:80")
    assert not port.answers_at("10.0.0.8")
    assert port.answers_at("10.0.0.9")
    (port,) = read_ports("0.0.0.0:80:80")
    assert port.answers_at("10.0.0.8")
    assert port.host_text == "80/tcp"


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("8080:80", "10.0.0.111:8080:80", True),
        ("0.0.0.0:8080:80", "10.0.0.111:8080:80", True),
        ("8080:80", "127.0.0.1:8080:80", True),
        ("8080:80", "[::1]:8080:80", True),
        ("8080:80", "8080:81", True),
        ("[::]:8080:80", "[::1]:8080:80", True),
        ("[0:0::1]:8080:80", "[::1]:8080:80", True),
        ("10.0.0.111:8080:80", "10.0.0.112:8080:80", False),
        ("127.0.0.1:8080:80", "10.0.0.111:8080:80", False),
        ("0.0.0.0:8080:80", "[::]:8080:80", False),
        ("0.0.0.0:8080:80", "[::1]:8080:80", False),
        ("8080:80", "8080:80/udp", False),
        ("8080:80", "8081:80", False),
        ("80", "80", False),
        ("8000-8009:80", "8000:80", False),
    ],
)
def test_what_one_machine_cannot_hold_at_once(one: str, other: str, clash: bool) -> None:
    (mine,), (theirs,) = read_ports(one), read_ports(other)
    assert mine.clashes(theirs) is clash
    assert theirs.clashes(mine) is clash
    (ours,), (lab,) = parse_ports([one]), parse_ports([other])
    # The stand-in takes the first number of a range, the one that Docker takes if it is free.
    assert ours.clashes(lab) is (clash or "-" in one)


def test_an_ipv4_address_in_ipv6_is_that_ipv4_address() -> None:
    (mapped,), (plain,) = read_ports("[::ffff:10.0.0.1]:8080:80"), read_ports("10.0.0.1:8080:80")
    assert mapped.clashes(plain)
