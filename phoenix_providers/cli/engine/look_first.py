"""A run on a terminal: look, and do what was shown if somebody agrees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import click

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.errors import InterruptedRunError
from phoenix_providers.models.engine_properties import EngineRecord

_ROOT = "pulumi:pulumi:Stack"


def look_first(engine: Engine, arguments: Collection[str], extra: Mapping[str, str]) -> int:
    """Preview, which writes no state and takes no lock; then ask, and bring up; return the exit code of `phoenix`.

    Where there is nothing to do nobody is asked, and nothing is brought up.

    Args:
        engine: The site's engine.
        arguments: Options of both runs.
        extra: Environment variables of both.
    """
    code = engine.run("preview", arguments, extra=extra)
    if engine.has_failed:
        return code
    if code == 0 and not engine.has_pending_operations and finds_nothing(engine.events):
        click.echo("Nothing to do: all is as declared.")
        return 0
    if not click.confirm("Make these changes?"):
        return InterruptedRunError.exit_code
    return engine.run("up", [*arguments, "--yes", "--skip-preview"], extra=extra)


def finds_nothing(events: Iterable[EngineRecord]) -> bool:
    """Whether a preview has come to its end and found that no resource, and no output of the site, changes."""
    summaries, outputs = [], True
    for event in events:
        if "summaryEvent" in event:
            summaries.append(event["summaryEvent"].get("resourceChanges") or {})
        metadata = event.get("resOutputsEvent", {}).get("metadata") or {}
        if metadata.get("type") == _ROOT:
            # The last one has what the program exports.
            old, new = ((metadata.get(side) or {}).get("outputs") or {} for side in ("old", "new"))
            outputs = old == new
    return outputs and len(summaries) == 1 and set(summaries[0]) == {"same"}
