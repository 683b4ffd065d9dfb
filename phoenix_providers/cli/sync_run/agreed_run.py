"""Show the plan, ask once, run, and say how it ended."""

from __future__ import annotations

from collections.abc import Callable

import click
from rich.console import Console

from phoenix_providers.cli.documents.sync_document import SyncDocument
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.run_progress.failures import failures
from phoenix_providers.cli.screens.certificate_screen import draw_certificate
from phoenix_providers.cli.screens.console import console
from phoenix_providers.cli.screens.paths import shown_path
from phoenix_providers.cli.screens.run_end_screens import draw_failures, draw_interrupted
from phoenix_providers.cli.sync_run.followed_run import Ran, RunRequest, remember, run_followed, typed_command
from phoenix_providers.cli.sync_run.proof import Proof
from phoenix_providers.cli.sync_run.shown_plan import show_plan
from phoenix_providers.errors import InterruptedRunError

_NOTHING = "Nothing to do: all is as declared."

# Proves a good run.
Prove = Callable[[Ran], Proof]


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
    ran = run_followed(engine, request, console(stderr=request.as_json))
    proof = _concluded(ran, prove, console(stderr=request.as_json))
    if proof.code != ran.code:
        remember(engine, ran, proof.code)
    if request.as_json:
        click.echo(SyncDocument.of(typed_command(), proof, ran, failures(ran.progress.said)).text())
    return proof.code


def _concluded(ran: Ran, prove: Prove, shown: Console) -> Proof:
    log, texts = shown_path(ran.log), failures(ran.progress.said)
    if ran.code == InterruptedRunError.exit_code:
        draw_interrupted(ran.progress, typed_command(), log, shown, texts)
        return Proof(ran.code)
    if ran.code:
        draw_failures(ran.progress, texts, log, shown, fold=shown.is_terminal)
        return Proof(ran.code)
    if ran.stopped:
        shown.print("Everything was done before it could stop; nobody has looked a second time.", soft_wrap=True)
        return Proof(0)
    if not ran.progress.works:
        # The run itself has looked at everything, and found nothing to do.
        count = ran.progress.unchanged
        shown.print(f"{_NOTHING[:-1]}, {count} {'thing' if count == 1 else 'things'}", soft_wrap=True)
    proof = prove(ran)
    if proof.certificate is not None:
        draw_certificate(proof.certificate, shown)
    return proof
