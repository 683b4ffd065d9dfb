"""Guests whose firewall is ours, and that are gone or live on another node now."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.safety import delete_command, rename_command

_KINDS = ("takeover", "rules", "firewall", "restoration")
_GUARD = "takeover@"
_GUEST_RULES = re.compile(r"rules@(?:.+-)?(\d+)")

Resource = Mapping[str, Any]


def guests_in_state(resources: Iterable[Resource]) -> tuple[ProxmoxScope, ...]:
    """Return the guests whose firewall is in the state; `resources` are those of a state, as the engine exports it."""
    guards = (item for item in resources if _name(item).startswith(_GUARD))
    scopes = (ProxmoxScope.from_input(item["inputs"]["scope"]) for item in guards)
    return tuple(scope for scope in scopes if scope.guest_id)


def leaving_guests(recorded: Iterable[str], declared: Collection[int]) -> frozenset[int]:
    """Return the guests whose firewall the state has and nobody declares; `recorded` are the names in the state."""
    found = (_GUEST_RULES.fullmatch(name) for name in recorded)
    return frozenset(int(match[1]) for match in found if match) - frozenset(declared)


def names_of_guest(resources: Iterable[Resource], scope: ProxmoxScope) -> tuple[str, ...]:
    """Return the names of a guest's resources, what depends on others first."""
    recorded = {_name(item) for item in resources}
    wanted = (f"{kind}@{scope.suffix}" for kind in reversed(_KINDS))
    return tuple(name for name in wanted if name in recorded)


def without(resources: Sequence[Resource], names: Collection[str]) -> list[dict[str, Any]]:
    """Return the resources of a state without some, and without edges to them.

    `pulumi state delete` refuses what others depend on, and deletes the others too when told to.
    """
    gone = {item["urn"] for item in resources if _name(item) in names}
    kept = []
    for item in resources:
        if item["urn"] in gone:
            continue
        changed = dict(item)
        if "dependencies" in item:
            changed["dependencies"] = [urn for urn in item["dependencies"] if urn not in gone]
        if by_property := item.get("propertyDependencies"):
            changed["propertyDependencies"] = {
                key: [urn for urn in urns or () if urn not in gone] for key, urns in by_property.items()
            }
        kept.append(changed)
    return kept


def forget_commands(scope: ProxmoxScope) -> tuple[str, ...]:
    """Return the commands that take a guest out of the state, once nothing else depends on it."""
    return tuple(delete_command(f"{kind}@{scope.suffix}") for kind in reversed(_KINDS))


def _name(resource: Resource) -> str:
    return str(resource["urn"]).rpartition("::")[2]


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
            found.append(f"{scope.title} does not exist any more: remove its `firewall`, or the guest, from the files")
        elif node is not None and node != scope.node:
            found.append(f"{scope.title} is on the node {node}, not on {scope.node}: write `node: {node}` in the files")
    return found
