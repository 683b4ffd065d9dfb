"""Refusing a first write that would take away what stands under a name on Proxmox."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_providers.errors import UnsafeError
from phoenix_providers.planning.firewall_name import FirewallName


def refused_loss(where: str, losses: Sequence[tuple[FirewallName, Sequence[str]]]) -> UnsafeError:
    """Say what a first write would take away."""
    lines = [line for one, lost in losses for line in (f"{one.title}:", *(f"  {text}" for text in lost))]
    return UnsafeError(
        "Proxmox has other content under names that the site file declares; nothing was written",
        where=where,
        seen="\n            ".join(lines),
        expected="the same in the site file, or names that Proxmox does not have",
        next_step="name these in the site file, or take them away on Proxmox, then run again",
    )
