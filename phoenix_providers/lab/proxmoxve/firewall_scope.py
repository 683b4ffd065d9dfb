"""Where firewall rules and options live: cluster, node, VM or container."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

_GUESTS = {"vm": ("vmId", "qemu"), "container": ("containerId", "lxc")}


def firewall_path(state: Mapping[str, Any]) -> str:
    """Return the path of the firewall that `nodeName`, `vmId` and `containerId` name."""
    node = state.get("nodeName")
    if not node:
        return "cluster/firewall"
    for name, folder in _GUESTS.values():
        if state.get(name):
            return f"nodes/{node}/{folder}/{state[name]}/firewall"
    return f"nodes/{node}/firewall"


def hashed_id(prefix: str, path: str) -> str:
    """Return an id that is the same for the same path."""
    return f"{prefix}-{zlib.crc32(path.encode())}"


def guest_of_import(import_id: str) -> dict[str, Any] | None:
    """Read `vm/NODE/ID` or `container/NODE/ID`; everything else names nothing."""
    kind, _, rest = import_id.partition("/")
    node, _, number = rest.partition("/")
    if kind not in _GUESTS or not node or not number.isdecimal():
        return None
    return {"nodeName": node, _GUESTS[kind][0]: int(number)}
