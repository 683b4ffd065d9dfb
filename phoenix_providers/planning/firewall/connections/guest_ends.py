"""Guests at the ends of connections: which are known by number, and which only by address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from phoenix_providers.planning.firewall.connections.product_connections import is_to_product
from phoenix_providers.planning.site_plan import Connection


def known_guests(connections: Iterable[Connection]) -> frozenset[int]:
    """Return the numbers of all guests at either end."""
    return frozenset(number for one in connections for number in (one.from_guest, one.to_guest) if number)


def unknown_ends(connections: Collection[Connection]) -> frozenset[str]:
    """Return the addresses at either end that are neither a guest's nor a node's."""
    nodes = _node_addresses(connections)
    ends = {one.source for one in connections if not one.from_guest and not one.from_node}
    ends |= {one.dest for one in connections if not one.to_guest}
    return frozenset(ends - nodes)


def with_guests(connections: Collection[Connection], guests: Mapping[str, int]) -> list[Connection]:
    """Fill in guests that were found by address.

    What ends nowhere that is behind our firewall is left out: nothing here decides on it.
    """
    nodes = _node_addresses(connections)
    found = [
        replace(
            one,
            from_guest=one.from_guest or (0 if one.from_node else guests.get(one.source, 0)),
            to_guest=one.to_guest or (0 if one.dest in nodes else guests.get(one.dest, 0)),
        )
        for one in connections
    ]
    return [one for one in found if one.to_guest or one.dest in nodes or not is_to_product(one)]


def _node_addresses(connections: Iterable[Connection]) -> frozenset[str]:
    return frozenset(one.dest for one in connections if one.name.partition("@")[0] in ("api", "ssh"))
