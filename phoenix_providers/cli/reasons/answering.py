"""From a name to the answer of `phoenix why`: asks only what concerns it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.reasons.found import Found, Look
from phoenix_providers.cli.reasons.of_environment import of_environment
from phoenix_providers.cli.reasons.of_guest import of_guest
from phoenix_providers.cli.reasons.of_record import of_record
from phoenix_providers.cli.reasons.of_route import of_route
from phoenix_providers.cli.reasons.of_rule import of_rule
from phoenix_providers.cli.reasons.of_settings import judged, of_settings
from phoenix_providers.cli.reasons.of_stack import of_stack
from phoenix_providers.cli.reasons.reason import Asked, Kind, LastChange, Reason, Waiting
from phoenix_providers.cli.reasons.subjects import Subject, subject_of
from phoenix_providers.cli.site_view.gathering import expectation
from phoenix_providers.cli.site_view.known import Asked as EngineAsked
from phoenix_providers.cli.site_view.known import Known
from phoenix_providers.cli.site_view.looked import Looked, Question, look
from phoenix_providers.cli.site_view.outlook import Outlook, leaving
from phoenix_providers.models.run_record import RunRecord

_ANSWERS: Mapping[Kind, Callable[[Known, Subject, Look], Found]] = {
    "stack": of_stack,
    "guest": of_guest,
    "environment": of_environment,
    "route": of_route,
    "record": of_record,
    "rule": of_rule,
    "settings": of_settings,
}


def reason_for(engine: Engine, name: str, asked: EngineAsked | None = None) -> Reason:
    """Find out about one thing.

    Args:
        engine: Has the state.
        name: What a user calls it.
        asked: Returns the engine's answers, if somebody has asked it ahead.

    Raises:
        PhoenixError: Nothing is called so, several are, or the state cannot be read.
    """
    began, here = time.time(), Path.cwd()
    known = Known.of(engine, asked)
    subject, also = subject_of(name, known, known.checks)

    def ask(question: Question) -> Looked:
        return look(known.clients, question)

    with contextlib.chdir(engine.project):
        found = _ANSWERS[subject.kind](known, subject, ask)
        expected = expectation(known, found.looked, engine, found.resources)
    if subject.kind == "stack" and not found.asked and expected.changes is not None:
        # Looking at some things alone tells nothing of what leaves.
        expected = Outlook((*expected.changes, leaving(subject.name, "stack")))
    if subject.kind == "settings":
        found = judged(found, expected)
    waits = (*(Waiting(one.what, next_step=one.next_step) for one in known.files), *found.waits)
    thing = known.stored.things.get(found.main)
    changed = thing.modified if thing is not None else None
    would = "phoenix plan" if expected.changes else ""
    return Reason(
        kind=subject.kind,
        name=subject.name,
        standing=found.standing,
        verdict=found.verdict,
        asked=tuple(_nearby(one, here) for one in found.asked),
        waits=waits,
        last_change=LastChange(changed, _by_run(known.record, found.main)) if changed is not None else None,
        live=found.live,
        changes=expected.changes,
        changes_unknown=expected.unknown,
        next_command=next((one.next_step for one in waits if one.next_step), found.next_step or would),
        also=also,
        taken_at=began,
    )


def _nearby(asked: Asked, here: Path) -> Asked:
    """Return it with a path as a user types it, if it is below the current folder."""
    file, colon, line = asked.place.rpartition(":")
    path = Path(file or asked.place)
    if not path.is_absolute() or not path.is_relative_to(here):
        return asked
    return replace(asked, place=f"{os.path.relpath(path, here)}{colon}{line if colon else ''}")


def _by_run(record: RunRecord | None, name: str) -> str:
    if record is None:
        return ""
    step = next((one for one in record.steps if one.name == name and one.operation != "refresh"), None)
    if step is None:
        return ""
    took = f", {step.ended - step.started:.1f} s" if step.ended is not None else ", cut off"
    failed = ", failed" if step.failed else ""
    return f"{record.command} ({step.operation}{took}{failed})"
