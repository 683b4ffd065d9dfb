"""How far each step and each environment is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from phoenix_providers.cli.run_progress.progress import Progress, Work, is_environment, parts_of
from phoenix_providers.planning.site.run_parts import PORTAINER, Part

State = Literal["waiting", "working", "done", "failed", "not done"]
_VERBS = {
    "create": "creating",
    "update": "updating",
    "delete": "removing",
    "replace": "replacing",
    "refresh": "reading",
}


@dataclass(frozen=True)
class Row:
    """One step or environment.

    Attributes:
        done: How many of its things are done with, of `known`.
        changed: How many of them were changed on a product.
        seconds: From its first operation to its last one, or until now; None before anything was done.
        message: What goes on in it.
    """

    part: Part
    title: str
    state: State
    done: int
    known: int
    changed: int = 0
    seconds: float | None = None
    message: str = ""


def rows(progress: Progress) -> tuple[Row, ...]:
    """Return all of them, in order; the row of Portainer counts what is in its environments."""
    things: dict[Part, list[str]] = {part: [] for part in parts_of(progress)}
    for urn, thing in progress.known.items():
        things[thing.part].append(urn)
        if is_environment(thing.part):
            things[Part(PORTAINER)].append(urn)
    return tuple(_row(progress, part, urns) for part, urns in things.items())


def _row(progress: Progress, part: Part, urns: Sequence[str]) -> Row:
    works = [progress.works[urn] for urn in urns if urn in progress.works]
    running = [work for work in works if work.ended is None]
    done = sum(urn in progress.settled for urn in urns)
    state = _state(progress, works, done, len(urns))
    ends = [progress.now if work.ended is None else work.ended for work in works]
    changed = sum(work.thing.is_on_a_product and work.ended is not None and not work.failed for work in works)
    return Row(
        part,
        progress.title(part),
        state,
        done,
        len(urns),
        changed,
        max(ends) - min(work.started for work in works) if works else None,
        _message([work for work in works if work.failed or work.trouble], running),
    )


def _state(progress: Progress, works: Sequence[Work], done: int, known: int) -> State:
    if any(work.failed or work.trouble for work in works):
        return "failed"
    if any(work.ended is None for work in works):
        return "not done" if progress.is_over else "working"
    if done and done == known:
        return "done"
    if progress.is_over:
        return "not done"
    return "working" if done else "waiting"


def _message(wrong: Sequence[Work], running: Sequence[Work]) -> str:
    if wrong:
        names = ", ".join(work.thing.words for work in wrong[:2])
        return f"not as declared: {names}{' …' if len(wrong) > 2 else ''}"
    if not running:
        return ""
    first = min(running, key=lambda work: work.started)
    more = f" and {len(running) - 1} more" if len(running) > 1 else ""
    return f"{doing(first)}{more}"


def doing(work: Work) -> str:
    """Say what is under way."""
    words = work.thing.words
    return f"{_VERBS.get(work.operation, work.operation)} {words}" if work.thing.is_on_a_product else words
