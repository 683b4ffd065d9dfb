"""Guests that the files name: whether Proxmox has them, and where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from phoenix_providers.models.live_guest import LiveGuest
from phoenix_providers.planning.declared_guest import DeclaredGuest
from phoenix_providers.planning.findings import nearest_name

_KIND_WORDS = {"vm": "a virtual machine", "lxc": "a container"}


def absent_guests(
    declared: Iterable[DeclaredGuest], live: Mapping[int, LiveGuest], gone: Collection[int], known: Collection[int]
) -> list[str]:
    """Say of each guest that Proxmox has not, or not as that, what it has instead.

    Args:
        declared: All guests that the files name.
        live: Every guest that Proxmox shows, by number.
        gone: Guests of which Proxmox itself says that they do not exist.
        known: Guests that the state has: they were there once.
    """
    free = {guest.name: number for number, guest in live.items() if number not in {one.number for one in declared}}
    found = []
    for guest in declared:
        other = live.get(guest.number)
        if guest.number in gone and other is None:
            what = f"Proxmox has no guest {guest.number}" + (" any more" if guest.number in known else "")
            meant = nearest_name(guest.name, free)
            instead = f" (it has {free[meant]} '{meant}')" if meant else ""
            found.append(f"{guest.where}: {what}{instead}")
        elif other is not None and other.kind != guest.kind:
            seen, wanted = _KIND_WORDS[other.kind], _KIND_WORDS[guest.kind]
            found.append(f"{guest.where}: {guest.number} is {seen} on Proxmox, '{other.name}', and not {wanted}")
    return found


def misplaced_guests(declared: Iterable[DeclaredGuest], live: Mapping[int, LiveGuest]) -> list[str]:
    """Say of each guest with a firewall of its own that is on another node what to write."""
    found = []
    for guest in declared:
        other = live.get(guest.number)
        if guest.filtered and other is not None and other.node != guest.node:
            place = f"{guest.scope.title} is on the node {other.node}, not on {guest.node}"
            found.append(f"{guest.where}: {place}: write `node: {other.node}`")
    return found
