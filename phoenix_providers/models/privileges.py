"""Privileges on Proxmox: which the token needs, which it lacks, and the commands that grant them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# The least that suffices, by role. docs/operations.md has them as commands; a test compares the two.
ROLES: Mapping[str, tuple[str, ...]] = {
    "PhoenixHost": ("Sys.Audit", "Sys.Modify"),
    "PhoenixGuests": ("VM.Audit", "VM.Config.Network"),
}
DOCUMENTED_ROLES = 'the roles of "Permissions on Proxmox" in docs/operations.md'

_REFUSAL = re.compile(r"Permission check failed \((/[^,)]*), ([A-Za-z.|]+)\)")


@dataclass(frozen=True, order=True)
class MissingPrivilege:
    """A privilege that a token does not have at a path such as `/vms/111`."""

    path: str
    name: str

    def __str__(self) -> str:
        """Return it as messages say it."""
        return f"{self.name} on {self.path}"


def refused_privileges(message: str) -> tuple[MissingPrivilege, ...]:
    """Read the privilege out of a refusal of Proxmox; of several that would do, the first; empty if it names none."""
    found = _REFUSAL.search(message)
    return (MissingPrivilege(found[1], found[2].partition("|")[0]),) if found else ()


def missing_privileges(paths: Iterable[str], held: Mapping[str, Mapping[str, object]]) -> tuple[MissingPrivilege, ...]:
    """Return what is missing at the paths of our places.

    Args:
        paths: `/` for the datacenter, `/nodes/NODE`, `/vms/ID`.
        held: As Proxmox tells a token its own privileges: by path, by name, with whether they hold below it too.
    """
    return tuple(
        MissingPrivilege(path, name)
        for path in paths
        for name in ROLES["PhoenixGuests" if path.startswith("/vms") else "PhoenixHost"]
        if name not in _held_at(path, held)
    )


def grant_commands(token_id: str, missing: Iterable[MissingPrivilege]) -> tuple[str, ...]:
    """Return the commands for the Proxmox host; `token_id` is `user@realm!name`."""
    wanted = sorted(set(missing))
    user = token_id.partition("!")[0]
    commands = []
    for role, names in ROLES.items():
        paths = sorted({one.path for one in wanted if one.name in names})
        if not paths:
            continue
        privileges = f'{role} --privs "{" ".join(names)}"'
        commands.append(f"pveum role add {privileges} || pveum role modify {privileges} --append 1")
        guests = [path for path in paths if path.startswith("/vms/")]
        for path in ["/vms"] if len(guests) > 1 else paths:
            commands.append(f"pveum acl modify {path} --roles {role} --users {user} --tokens '{token_id}'")
    return tuple(commands)


def _held_at(path: str, held: Mapping[str, Mapping[str, object]]) -> set[str]:
    """Return what holds at a path: what is set there, else what is set above it for everything below."""
    at = path
    while at not in held and at != "/":
        at = at.rpartition("/")[0] or "/"
    return {name for name, goes_down in held.get(at, {}).items() if at == path or goes_down}
