"""The answer of `phoenix why`, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from phoenix_providers.cli.site_view.site_view import ChangeView, Standing

Kind = Literal["stack", "guest", "environment", "route", "record", "rule", "settings"]


@dataclass(frozen=True)
class Asked:
    """What asks for it.

    Attributes:
        place: `file:line`; empty for what stands in no file.
        text: What stands there.
    """

    place: str
    text: str


@dataclass(frozen=True)
class Waiting:
    """What it waits for.

    Attributes:
        since: In seconds since 1970; None if nobody knows.
        next_step: What ends it; empty if nobody knows.
    """

    text: str
    since: float | None = None
    next_step: str = ""


@dataclass(frozen=True)
class LastChange:
    """When the state of it was changed last.

    Attributes:
        at: Seconds since 1970.
        text: By what, if the last run tells; empty else.
    """

    at: float
    text: str = ""


@dataclass(frozen=True)
class Reason:
    """Why one thing is as it is.

    Attributes:
        name: As it is called on the command line.
        verdict: How it is, in a word or two.
        asked: What asks for it; empty if the files do not have it any more.
        waits: What it waits for.
        last_change: None if no run has made it.
        live: How it is now, a line each.
        changes: What a run would change; None if that is not known, for the reason in `changes_unknown`.
        next_command: What to type now; empty if nothing has to be done.
        also: What else has this name, as the command line takes it.
        taken_at: Seconds since 1970.
    """

    kind: Kind
    name: str
    standing: Standing
    verdict: str
    asked: tuple[Asked, ...]
    waits: tuple[Waiting, ...]
    last_change: LastChange | None
    live: tuple[str, ...]
    changes: tuple[ChangeView, ...] | None
    changes_unknown: str
    next_command: str
    also: tuple[str, ...]
    taken_at: float
