"""Refusals of what would delete by accident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FEWEST = 3


@dataclass(frozen=True)
class Refusal:
    """Why a run stops before it touches anything; `names` are what it would have deleted or moved."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class StackIdentity:
    """A stack's name in Pulumi, and what Portainer knows it by."""

    name: str
    environment: str
    project: str


def mass_deletion(
    kind: str,
    old: Iterable[str],
    new: Iterable[str],
    threshold_percent: float,
    allowed: Iterable[str],
    listed: int = 0,
) -> Refusal | None:
    """Refuse a run that would delete more than a percentage of a kind, from three items; `allowed` ones do not count.

    Args:
        kind: What they are, for the message: "stacks", "environments", "records".
        old: Names of the last run.
        new: Names that are declared now.
        threshold_percent: 30 means that 3 of 10 may go, and 4 may not.
        allowed: Names whose deletion is wanted.
        listed: How many names other refusals of this run list, whose commands come before.
    """
    before, allowed = set(old), tuple(allowed)
    gone = sorted(before - set(new) - set(allowed))
    if len(gone) < _FEWEST or len(gone) * 100 <= threshold_percent * len(before):
        return None
    first = len(allowed) + listed
    commands = [
        f"  pulumi config set --path 'phoenix:allowDelete[{first + index}]' '{name}'" for index, name in enumerate(gone)
    ]
    text = "\n".join(
        [
            f"this run would delete {len(gone)} of {len(before)} {kind}, more than {threshold_percent:g} %:",
            *(f"  {name}" for name in gone),
            "if that is wanted, say so:",
            *commands,
        ]
    )
    return Refusal(text, tuple(gone))


def moved_stacks(
    old: Iterable[StackIdentity], new: Iterable[StackIdentity], renamed: Mapping[str, str]
) -> Refusal | None:
    """Refuse stacks that kept environment and project under a new name.

    The new one would adopt what is there, and the old one would delete it. Not so where the files say so: `renamed`
    has the former name by the present one.
    """
    declared = list(new)
    names = {stack.name for stack in declared}
    by_place = {(stack.environment, stack.project): stack.name for stack in declared}
    moves = {
        stack.name: by_place[stack.environment, stack.project]
        for stack in old
        if stack.name not in names and (stack.environment, stack.project) in by_place
    }
    moves = {before: after for before, after in moves.items() if renamed.get(after) != before}
    if not moves:
        return None
    text = "\n".join(
        [
            "these stacks are the same at Portainer, but have a new name here:",
            *(f"  {before} is now {after}" for before, after in moves.items()),
            "say so in the files, so that nothing is deleted:",
            *(f"  {_said(before, after)}" for before, after in moves.items()),
            "or rename them in the state:",
            *(f"  {rename_command(before, after)}" for before, after in moves.items()),
        ]
    )
    return Refusal(text, tuple(moves))


def _said(before: str, after: str) -> str:
    kind, _, vmid = after.partition("@")
    if kind == "environment":
        return f"was: {before.rpartition('@')[2]}   (at the VM {vmid})"
    return f"x-phoenix: {{was: {before}}}   (in the manifest of {kind})"


def rename_command(before: str, after: str) -> str:
    """Return the command that gives a resource of the state another name."""
    return f"pulumi state rename {_urn(before)} '{after}' --yes"


def delete_command(name: str) -> str:
    """Return the command that makes the state forget a resource on which nothing depends."""
    return f"pulumi state delete {_urn(name)} --yes"


def _urn(name: str) -> str:
    """Return what a shell puts a resource's address in for."""
    return f""""$(pulumi stack --show-urns | grep -o 'urn:[^ ]*::{name}$')\""""
