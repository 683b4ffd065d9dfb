"""A real dnsmasq that watches the folder: what we deliver is answered at once, without a signal."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from phoenix_providers.clients.dns.name_server import NameServer, open_name_server
from phoenix_providers.lab.dnsmasq import PROGRAM, Dnsmasq
from phoenix_providers.planning.dns.backends.dnsmasq import RECORDS_FILE

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs dnsmasq (Debian: dnsmasq-base)")
SECONDS = 5


@pytest.fixture
def dnsmasq(place) -> Iterator[NameServer]:
    with Dnsmasq(place.folder) as running:
        yield open_name_server(running.server)


def answers(server: NameServer, expected: dict[str, str]) -> dict[str, str]:
    """Ask until the answers are as expected, or for some seconds."""
    deadline = time.monotonic() + SECONDS
    while True:
        found = {name: " ".join(server.addresses(name)) for name in expected}
        if found == expected or time.monotonic() > deadline:
            return found
        time.sleep(0.02)


def test_records_come_change_and_go(place, dnsmasq: NameServer) -> None:
    steps = [
        ("10.0.0.1 a.lan\n10.0.0.2 b.lan\n", {"a.lan": "10.0.0.1", "b.lan": "10.0.0.2", "c.lan": ""}),
        ("10.0.0.3 a.lan\n10.0.0.4 c.lan\n", {"a.lan": "10.0.0.3", "b.lan": "", "c.lan": "10.0.0.4"}),
        ("10.0.0.4 c.lan\n", {"a.lan": "", "b.lan": "", "c.lan": "10.0.0.4"}),
        (None, {"a.lan": "", "b.lan": "", "c.lan": ""}),
    ]
    for text, expected in steps:
        if text is None:
            place.delivery.remove(RECORDS_FILE)
        else:
            place.delivery.write(RECORDS_FILE, text)
        assert answers(dnsmasq, expected) == expected


def test_what_was_left_unfinished_is_never_answered(place, dnsmasq: NameServer) -> None:
    """Dnsmasq would keep what it read of a file that is then renamed, until it is restarted."""
    (place.folder / f"{RECORDS_FILE}.phoenix-unfinished~").write_text("10.0.0.9 half.lan\n")
    place.delivery.write(RECORDS_FILE, "10.0.0.1 a.lan\n")
    expected = {"a.lan": "10.0.0.1", "half.lan": ""}
    assert answers(dnsmasq, expected) == expected


def test_other_files_stay(place, dnsmasq: NameServer) -> None:
    (place.folder / "mine.hosts").write_text("10.0.0.7 mine.lan\n")
    place.delivery.write(RECORDS_FILE, "10.0.0.1 a.lan\n")
    place.delivery.remove(RECORDS_FILE)
    expected = {"a.lan": "", "mine.lan": "10.0.0.7"}
    assert answers(dnsmasq, expected) == expected
    assert [file.name for file in place.folder.iterdir()] == ["mine.hosts"]
