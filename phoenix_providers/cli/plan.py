"""`phoenix plan [NAME]`: what a run would change, without the engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from phoenix_providers.cli.engine.exit_codes import exit_code
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.errors import UsageError

if TYPE_CHECKING:
    from phoenix_providers.planning.site.changes.change import SiteChanges

CHANGES_EXIT_CODE = 2
_FAILED = 1


@click.command(short_help="Say what a run would change, in a moment.")
@click.argument("name", required=False)
@click.option("--detailed-exitcode", is_flag=True, help=f"End with {CHANGES_EXIT_CODE} if there are changes.")
@click.option("--diff", "diffs", is_flag=True, help="Show what differs in texts.")
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON (docs/json/plan.schema.json).")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print them as Markdown, for a comment on a change.")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def plan(
    name: str | None, detailed_exitcode: bool, diffs: bool, as_json: bool, as_markdown: bool, pulumi_stack: str | None
) -> None:
    """Say what `phoenix sync all` would change, and which containers would restart.

    NAME (a stack, an environment, a guest) shows what is about that alone. Reads the files, the last applied state
    and what runs; changes nothing, and takes no lock.
    """
    if as_json and as_markdown:
        raise UsageError("--json and --markdown are two answers", next_step="phoenix plan --json")
    begun = time.monotonic()
    engine = Engine(Path.cwd(), pulumi_stack)
    # The engine's answers take their time, and so does what is only needed behind them.
    asked = engine.asked_ahead()
    from phoenix_providers.cli.changes.choosing import about
    from phoenix_providers.cli.changes.looking import declared
    from phoenix_providers.cli.sync_run.shown_plan import looked

    found = looked(engine, asked)
    has_changes = False
    if (changes := found.changes) is not None:
        if name:
            changes = about(changes, name, found.files or declared(engine))
        seconds = time.monotonic() - begun
        _show(found.site, changes, seconds, found.messages, diffs=diffs, as_json=as_json, as_markdown=as_markdown)
        has_changes = not changes.is_empty
    code = exit_code(0 if found.changes is not None else _FAILED, [text for _, text in found.messages])
    sys.exit(code or (CHANGES_EXIT_CODE if detailed_exitcode and has_changes else 0))


def _show(
    site: str,
    changes: SiteChanges,
    seconds: float,
    messages: Iterable[tuple[str, str]],
    *,
    diffs: bool,
    as_json: bool,
    as_markdown: bool,
) -> None:
    if as_json:
        from phoenix_providers.cli.documents.plan_document import PlanDocument

        click.echo(PlanDocument.of(site, changes, messages).text())
        return
    if as_markdown:
        from phoenix_providers.cli.screens.plan_markdown import markdown

        click.echo("\n".join(markdown(site, changes)))
        return
    from phoenix_providers.cli.screens.console import console
    from phoenix_providers.cli.screens.plan_screen import draw_plan

    draw_plan(site, changes, seconds, console(), diffs=diffs)
