"""What `make bench` holds this version to."""

from __future__ import annotations

from collections.abc import Mapping

UNCHANGED = "unchanged `pulumi up`"
CHANGED = "one changed stack, `pulumi up`"
SYNC_STACK = "one changed stack, `phoenix sync stack`"
FIRST = "first deploy"
WRITES = "state writes of an unchanged run"
STATE = "state of one stack's resource"
GROWTH = "state per stack, by the difference of two sizes"
MEMORY = "peak memory, program and provider"
PLAN = "`phoenix plan`, unchanged"
PORTAINER = "requests, unchanged: Portainer"
PROXMOX = "requests, unchanged: Proxmox, ours"
PLUGIN = "requests, unchanged: Proxmox, the plugin's"
TRAEFIK = "requests, unchanged: Traefik"

_EVERY = 0
# By row and size; a size that is not named has the goal of `_EVERY`, if there is one.
_GOALS: Mapping[str, Mapping[int, float]] = {
    UNCHANGED: {10: 2.0, 100: 1.5, 300: 1.3, 1000: 1.3},
    CHANGED: {_EVERY: 1.5, 1000: 1.3},
    SYNC_STACK: {1000: 1.3},
    FIRST: {_EVERY: 1.5},
    GROWTH: {_EVERY: 5.0},
    MEMORY: {1000: 250},
    PLAN: {10: 0.6, 100: 1.0, 1000: 4.0},
    TRAEFIK: {_EVERY: 6},
}


def goal(row: str, size: int, *, environments: int = 0, guests: int = 0, plugins: int = 0) -> float | None:
    """Return the most that a row may have at a size, or None.

    Args:
        row: One of the rows.
        size: How many stacks.
        environments: Of Portainer.
        guests: Those with a firewall.
        plugins: How many resources are the Proxmox plugin's. It gives each back otherwise than it is stored, and the
            engine writes the whole state for that.
    """
    if row == WRITES:
        return 2 + plugins
    if row == PORTAINER:
        return 4 + 2 * environments
    if row == PROXMOX:
        return 2 * guests + 10
    by_size = _GOALS.get(row, {})
    return by_size.get(size, by_size.get(_EVERY))
