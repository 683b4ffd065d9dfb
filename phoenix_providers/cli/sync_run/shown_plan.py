"""What a run is about to do, shown before anybody is asked."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import click

from phoenix_providers.cli.changes.looking import Asked, Look, look
from phoenix_providers.cli.documents.plan_document import PlanDocument
from phoenix_providers.cli.engine.exit_codes import exit_code
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.run_progress.failures import without_engine_words
from phoenix_providers.cli.screens.console import console
from phoenix_providers.cli.screens.plan_screen import draw_plan
from phoenix_providers.cli.screens.waiting import Waiting
from phoenix_providers.planning.site.changes.change import SiteChanges
from phoenix_providers.planning.stacks.leaving.volumes_left import tells_of_volumes

_FAILED = 1


@dataclass(frozen=True)
class Shown:
    """What has been shown.

    Attributes:
        code: Exit code, if it ends here.
        can_run: Whether there is anything to be done.
        asks: Whether something of that is done to any product.
    """

    code: int
    can_run: bool
    asks: bool = True


def show_plan(
    engine: Engine, extra: Mapping[str, str], targets: Collection[str] | None = None, *, as_json: bool = False
) -> Shown:
    """Look, which writes no state and takes no lock, and draw what was found.

    Args:
        engine: The site's engine; it gets the messages, as if it had looked itself.
        extra: Environment variables of the run.
        targets: Names of the resources that a scoped run is about; None for a full run.
        as_json: Whether a document is printed instead.
    """
    begun = time.monotonic()
    found = looked(engine, engine.asked_ahead(), targets, extra)
    engine.messages = [text for _, text in found.messages]
    changes = found.changes
    code = exit_code(_FAILED if changes is None else 0, engine.messages)
    if changes is None:
        return Shown(code, can_run=False)
    if as_json:
        click.echo(PlanDocument.of(found.site, changes, found.messages).text())
    else:
        draw_plan(found.site, changes, time.monotonic() - begun, console())
    return judged(changes, code, has_pending=engine.has_pending_operations)


def judged(changes: SiteChanges, code: int, *, has_pending: bool) -> Shown:
    """Say what may come behind a plan.

    Args:
        changes: What it found.
        code: Exit code by what was said: a blocked stack keeps no other from its run.
        has_pending: Whether a run was killed in the middle of something, which only a run mends.
    """
    is_done = changes.is_empty and code == 0 and not has_pending
    return Shown(code, can_run=not is_done, asks=bool(changes.changes))


def looked(
    engine: Engine, asked: Asked, targets: Collection[str] | None = None, extra: Mapping[str, str] | None = None
) -> Look:
    """Look, and tell what is said on the way, but for what the changes themselves tell."""
    with Waiting("looking at what is declared, and at what runs") as waiting:

        def say(severity: str, text: str) -> None:
            if not tells_of_volumes(text):
                waiting.say(severity, without_engine_words(text))

        return look(engine, asked, say, targets=targets, extra=extra)
