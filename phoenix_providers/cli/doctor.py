"""`phoenix doctor`: is everything ready that a run needs?"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live

from phoenix_providers.cli.checkup.table import checks
from phoenix_providers.cli.documents.doctor_document import DoctorDocument
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.screens.console import console
from phoenix_providers.cli.screens.doctor_screen import draw_doctor, progress
from phoenix_providers.clock import SystemClock
from phoenix_providers.errors import Explanation
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.operations.doctor.examination import Examination, Result
from phoenix_providers.planning.doctor.finding import exit_code
from phoenix_providers.planning.redaction import redact

_LIMIT_SECONDS = 15.0
# Settings and certificates come first, and a product that is silent is asked three times.
_BEFORE_SECONDS, _TRIES = 4.0, 3.3


@click.command(short_help="Is everything ready? Tokens, certificates, disks, versions, who holds the lock.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=_LIMIT_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="How long all of it may take.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON (docs/json/doctor.schema.json).")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def doctor(timeout: float, as_json: bool, pulumi_stack: str | None) -> None:
    """Ask everything at once that a run needs, and say of each what is wrong and what mends it.

    Changes nothing, and works before the first run and with half a configuration. Warnings end with 0, trouble with
    the smallest fitting exit code: 2 settings or files, 3 something is not ready, 4 a product is not as it should be.
    """
    case, clock = Case(request_seconds=max(timeout - _BEFORE_SECONDS, 1.0) / _TRIES), SystemClock()
    examination = Examination(checks(case, Engine(Path.cwd(), pulumi_stack)))
    began = clock.now()
    with _shown(examination, console(stderr=True)) as changed, contextlib.redirect_stderr(sys.__stderr__):
        results = examination.run(clock, timeout, changed)
    seconds = clock.now() - began
    secrets = case.clients.secret_values
    results = tuple(_reworded(one, lambda text: redact(text, secrets)) for one in results)
    code = exit_code(one.finding for one in results)
    if as_json:
        click.echo(DoctorDocument.of(results, seconds, code).text())
    else:
        here = f"{Path.cwd()}{os.sep}"
        draw_doctor([_reworded(one, lambda text: text.replace(here, "")) for one in results], seconds, console())
    sys.stdout.flush()
    # Who still waits for an answer is not waited for.
    os._exit(code)


@contextlib.contextmanager
def _shown(examination: Examination, screen: Console) -> Iterator[Callable[[], None]]:
    """Show on a terminal how far it is; it leaves nothing behind."""
    if not screen.is_terminal:
        yield lambda: None
        return
    with Live(console=screen, transient=True, auto_refresh=False) as live:

        def changed() -> None:
            shown = progress(examination.checks, examination.results, examination.running, screen)
            live.update(shown, refresh=True)

        yield changed


def _reworded(result: Result, clean: Callable[[str], str]) -> Result:
    """Return the same with every text cleaned."""
    finding = result.finding
    reasons = tuple(
        Explanation(clean(one.what), clean(one.where), clean(one.seen), clean(one.expected), clean(one.next_step))
        for one in finding.reasons
    )
    return replace(result, finding=replace(finding, seen=clean(finding.seen), reasons=reasons))
