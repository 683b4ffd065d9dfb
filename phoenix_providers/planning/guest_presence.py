"""Guests whose firewall is ours, and that are gone or live on another node now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.safety import rename_command

_KINDS = ("takeover", "rules", "firewall", "restoration")


def renamed_guests(recorded: Collection[str], declared: Iterable[ProxmoxScope]) -> tuple[str, ...]:
    """Return the commands that keep a guest's resources when the files name another node for it.

    Without them the new resources would find the old rules, and the old ones would delete them: a guest's firewall is
    one file, whatever node it is asked through.
    """
    commands = []
    for scope in declared:
        if not scope.guest_id or f"rules@{scope.suffix}" in recorded:
            continue
        olds = sorted(
            name.removeprefix("rules@")
            for name in recorded
            if name.startswith("rules@") and name.endswith(f"-{scope.guest_id}")
        )
        commands += [
            rename_command(f"{kind}@{old}", f"{kind}@{scope.suffix}")
            for old in olds
            for kind in _KINDS
            if f"{kind}@{old}" in recorded
        ]
    return tuple(commands)


def misplaced_guests(expected: Iterable[ProxmoxScope], live: Mapping[int, str], gone: Collection[int]) -> list[str]:
    """Say of each guest that is not where it is expected what to do.

    Args:
        expected: Guests whose firewall is in the state and declared.
        live: The node of every guest that Proxmox shows, by number.
        gone: Guests of which Proxmox itself says that they do not exist.
    """
    found = []
    for scope in expected:
        node = live.get(scope.guest_id)
        if scope.guest_id in gone:
            found.append(f"{scope.title} does not exist: remove its `firewall`, or the guest, from the files")
        elif node is not None and node != scope.node:
            found.append(f"{scope.title} is on the node {node}, not on {scope.node}: write `node: {node}` in the files")
    return found
