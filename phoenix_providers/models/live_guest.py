"""A guest as Proxmox shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class LiveGuest:
    """What the list of the cluster tells of one guest.

    Attributes:
        status: running, stopped or paused; empty if it is not told.
    """

    kind: Literal["vm", "lxc"]
    node: str
    name: str
    status: str = ""
