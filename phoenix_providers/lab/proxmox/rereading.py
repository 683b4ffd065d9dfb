"""What Proxmox's firewall file makes of names when it is read again: `fakepve` keeps them as they were sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Configuration = dict[str, Any]

_IN_LOWER_CASE = ("ipset", "ipset_comments", "groups", "group_comments")


def read_again(firewall: Configuration) -> None:
    """Bring sets and groups into lower case, and addresses and comments to their short form, at every level."""
    for level in _levels(firewall):
        for part in _IN_LOWER_CASE:
            level[part] = {name.lower(): content for name, content in level[part].items()}
        for part in ("ipset_comments", "group_comments"):
            level[part] = {name: comment.strip() for name, comment in level[part].items() if comment.strip()}
        for alias in level["aliases"].values():
            alias["cidr"] = _short(alias["cidr"])


def _levels(firewall: Configuration) -> Iterator[Configuration]:
    yield firewall["cluster"]
    yield from firewall["nodes"].values()
    yield from firewall["guests"].values()


def _short(cidr: str) -> str:
    return cidr.removesuffix("/128" if ":" in cidr else "/32")
