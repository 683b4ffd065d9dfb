"""Asking a DNS server for every record, several at a time."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from phoenix_providers.clients.dns.name_server import NameServer
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import UnreachableError

_AT_ONCE = 8
_PAUSE_SECONDS = 0.2
Answers = Mapping[str, tuple[str, ...]]


def unanswered(server: NameServer, records: Mapping[str, str], clock: Clock, wait: float) -> Answers:
    """Return what the server says instead, by name, of records that it does not answer; look again for `wait` seconds.

    A record is answered if its address is among the answers.

    Raises:
        UnreachableError: The server did not answer at all, until the time was up.
    """
    deadline = Deadline.after(clock, wait)
    left = dict(records)
    while True:
        try:
            found = _ask(server, left)
        except UnreachableError:
            if deadline.passed:
                raise
        else:
            left = {name: left[name] for name in found}
            if not left or deadline.passed:
                return found
        clock.sleep(_PAUSE_SECONDS)


def _ask(server: NameServer, records: Mapping[str, str]) -> Answers:
    """Ask once; the first question goes alone, since with nobody there each one would take its time."""
    first, *others = records.items() or [("", "")]
    if not first[0]:
        return {}
    answers = {first[0]: _patiently(server, *first)}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = {name: pool.submit(_patiently, server, name, address) for name, address in others}
        answers |= {name: future.result() for name, future in futures.items()}
    return {name: found for name, found in answers.items() if records[name] not in found}


def _patiently(server: NameServer, name: str, address: str) -> tuple[str, ...]:
    """Ask twice, since a lost packet is no silence."""
    version = ip_address(address).version
    try:
        return server.addresses(name, version)
    except UnreachableError:
        return server.addresses(name, version)
