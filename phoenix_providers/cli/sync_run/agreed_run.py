"""Show the plan, ask once, run, and say how it ended."""

from __future__ import annotations

from collections.abc import Callable

import click

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.run_progress.failures import failures
from phoenix_providers.cli.screens.console import console
from phoenix_providers.cli.screens.paths import shown_path
from phoenix_providers.cli.screens.run_end_screens import draw_failures, draw_interrupted
from phoenix_providers.cli.sync_run.followed_run import Ran, RunRequest, remember, run_followed, typed_command
from phoenix_providers.cli.sync_run.shown_plan import show_plan
from phoenix_providers.errors import InterruptedRunError

_NOTHING = "Nothing to do: all is as declared."

# Proves a good run, and returns the exit code.
Prove = Callable[[Ran], int]


def agreed_run(engine: Engine, request: RunRequest, prove: Prove, *, yes: bool) -> int:
    """Return the exit code of `phoenix`.

    Args:
        engine: The site's engine.
        request: What is to be run.
        prove: Is called when all of it has gone well.
        yes: Whether somebody has agreed already: one pass both looks and acts, and an unchanged site costs no more
            than a look.
    """
    if not yes:
        shown = show_plan(engine, request.extra or {}, request.names)
        if not shown.can_run:
            return shown.code
        if shown.asks and not click.confirm("Apply?"):
            click.echo("Nothing was changed.")
            return 0
    ran = run_followed(engine, request, console())
    code = _concluded(ran, prove)
    if code != ran.code:
        remember(engine, ran, code)
    return code


def _concluded(ran: Ran, prove: Prove) -> int:
    shown, log, texts = console(), shown_path(ran.log), failures(ran.progress.said)
    if ran.code == InterruptedRunError.exit_code:
        draw_interrupted(ran.progress, typed_command(), log, shown, texts)
        return ran.code
    if ran.code:
        draw_failures(ran.progress, texts, log, shown, fold=shown.is_terminal)
        return ran.code
    if ran.stopped:
        click.echo("Everything was done before it could stop; nobody has looked a second time.")
        return 0
    if not ran.progress.works:
        # The run itself has looked at everything, and found nothing to do.
        count = ran.progress.unchanged
        click.echo(f"{_NOTHING[:-1]}, {count} {'thing' if count == 1 else 'things'}")
    return prove(ran)
