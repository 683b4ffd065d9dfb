"""A real site's addresses on loopback."""

from __future__ import annotations

import pytest

from phoenix_providers.lab.loopback import Loopback


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ip: 10.0.0.111/24", "ip: 127.50.0.111/24"),
        ("source: 10.0.0.0/24", "source: 127.50.0.0/24"),
        ('"10.0.0.111:8080:80"', '"127.50.0.111:8080:80"'),
        ("http://10.0.0.5/", "http://127.50.0.5/"),
        # A network around the site's own is all of what the site has on loopback.
        ("source: 10.0.0.0/8", "source: 127.50.0.0/16"),
        # The network's own piece, 10.1.0, comes first.
        ("ip: 10.1.2.3/16", "ip: 127.50.2.3/16"),
        ("10.1.0.7 and 10.1.2.8", "127.50.1.7 and 127.50.2.8"),
        # What is not the site's stays.
        ("9.9.9.9", "9.9.9.9"),
        ("source: 0.0.0.0/0", "source: 0.0.0.0/0"),
        ("127.0.0.1", "127.0.0.1"),
        ("subnet: 172.20.0.0/16", "subnet: 172.20.0.0/16"),
        ("image: app:v10.0.0.1", "image: app:v10.0.0.1"),
        ("sha 10.0.0.1.5", "sha 10.0.0.1.5"),
        ("10.0.0.300", "10.0.0.300"),
    ],
)
def test_only_the_sites_own_addresses_move(text: str, expected: str) -> None:
    assert Loopback("127.50.", ["10.0.0.13/24", "10.1.2.3/16"]).text(text) == expected


def test_what_has_no_address_gets_one_of_its_own() -> None:
    loopback = Loopback("127.50.", ["10.0.0.13/24"])
    assert [loopback.spare(), loopback.spare()] == ["127.50.254.1", "127.50.254.2"]
