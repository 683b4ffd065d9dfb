"""`phoenix plan`: what a run would change, without the engine."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from phoenix_providers.cli.engine.run import Engine, exit_code
from phoenix_providers.models.engine_properties import EngineRecord

if TYPE_CHECKING:
    from phoenix_providers.cli.imitated_engine.planned import Planned
    from phoenix_providers.cli.imitated_engine.steps import Step

CHANGES_EXIT_CODE = 2
_FAILED = 1
_SIGNS = {"create": "+", "update": "~", "delete": "-", "replace": "±"}


@click.command(short_help="Say what a run would change, in a moment.")
@click.option("--detailed-exitcode", is_flag=True, help=f"End with {CHANGES_EXIT_CODE} if there are changes.")
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def plan(detailed_exitcode: bool, as_json: bool, pulumi_stack: str | None) -> None:
    """Say what `phoenix sync all` would change, as its preview does, but without starting the engine.

    Reads the files, the last applied state and what runs; changes nothing, and takes no lock.
    """
    engine = Engine(Path.cwd(), pulumi_stack)
    # The engine's answers take their time, and so does what is only needed behind them.
    asked = engine.asked_ahead()
    from phoenix_providers.cli.imitated_engine.planned import plan as work_out

    resources, configuration = asked()
    project, stack = _names(engine, resources)
    found = work_out(resources, configuration, project, stack, engine.project, _say)
    if found.complete:
        click.echo(_as_json(found) if as_json else _told(found))
    code = exit_code(0 if found.complete else _FAILED, [message.text for message in found.messages])
    sys.exit(code or (CHANGES_EXIT_CODE if detailed_exitcode and found.changes else 0))


def _names(engine: Engine, resources: Iterable[EngineRecord]) -> tuple[str, str]:
    """Return the names of project and Pulumi stack; a state that has anything tells them."""
    for one in resources:
        stack, project = str(one["urn"]).removeprefix("urn:pulumi:").split("::")[:2]
        return project, stack
    return engine.project_name, engine.stack_name


def _say(severity: str, text: str) -> None:
    # Standard error itself: what providers print there comes in here.
    click.echo(text if severity == "info" else f"{severity}: {text}", file=sys.__stderr__)


def _told(found: Planned) -> str:
    lines = [_line(step) for step in _shown(found)]
    counts = Counter(step.operation for step in _shown(found))
    total = f"{len(lines)} {'change' if len(lines) == 1 else 'changes'}"
    kinds = ", ".join(f"{count} {operation}" for operation, count in sorted(counts.items()))
    return "\n".join([*lines, f"{total}: {kinds}" if kinds else total])


def _line(step: Step) -> str:
    what = step.type.rpartition(":")[2]
    changed = f"  ({', '.join(step.changed)})" if step.changed else ""
    return f"{_SIGNS[step.operation]} {step.name:<32} {step.operation:<8} {what}{changed}"


def _as_json(found: Planned) -> str:
    changes: list[Mapping[str, object]] = [
        {"operation": one.operation, "name": one.name, "type": one.type, "urn": one.urn, "changed": list(one.changed)}
        for one in _shown(found)
    ]
    return json.dumps({"changes": changes}, indent=2)


def _shown(found: Planned) -> list[Step]:
    """Return each change once: a replacement is made of several operations."""
    return [step for step in found.changes if step.operation in _SIGNS]
