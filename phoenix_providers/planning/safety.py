"""Refusals of what would delete by accident."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# How many names one run may delete, as `phoenix sync all --allow-delete` tells the providers.
ALLOW_DELETE_VARIABLE = "PHOENIX_ALLOW_DELETE"
_ALLOWING = "phoenix sync all --allow-delete "
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
    kinds: Mapping[str, tuple[Iterable[str], Iterable[str]]],
    threshold_percent: float,
    allowed: Iterable[str],
    said: str = "",
) -> Refusal | None:
    """Refuse a run that would delete more than a percentage of a kind, from three items; `allowed` ones do not count.

    Args:
        kinds: Names of the last run, and those that are declared now, by what they are: "stacks", "records".
        threshold_percent: 30 means that 3 of 10 may go, and 4 may not.
        allowed: Names whose deletion is wanted.
        said: How many may go in this run, as somebody who has seen this refusal says; any other number was said of
            another plan.
    """
    allowed = set(allowed)
    gone: dict[str, list[str]] = {}
    heads = []
    for kind, (old, new) in kinds.items():
        before = set(old)
        names = sorted(before - set(new) - allowed)
        if len(names) >= _FEWEST and len(names) * 100 > threshold_percent * len(before):
            gone[kind] = names
            heads.append(f"{len(names)} of {len(before)} {kind}")
    count = sum(map(len, gone.values()))
    if not gone or said == str(count):
        return None
    said_before = [f"  seen:     {said} were said to go, and it is {count} that would"] if said else []
    text = "\n".join(
        [
            f"this run would delete {', '.join(heads)}, more than {threshold_percent:g} %:",
            *(line for kind, names in gone.items() for line in (f"  {kind}:", *(f"    {name}" for name in names))),
            *said_before,
            f"  next:     {allowing(count)}",
        ]
    )
    return Refusal(text, tuple(name for names in gone.values() for name in names))


def allowing(count: int) -> str:
    """Say how to let as many go."""
    return (
        f"if all {count} may go, for this run alone: {_ALLOWING}{count}\n"
        f"            (in plain Pulumi: {ALLOW_DELETE_VARIABLE}={count} pulumi up)"
    )


def refused_deletions(messages: Iterable[str]) -> int | None:
    """Return how many deletions a run was refused for, as its messages tell; None if it was not."""
    found = [int(match[1]) for message in messages if (match := re.search(f"{_ALLOWING}(\\d+)", message))]
    return found[0] if found else None


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
