"""What a run on a terminal is about to do, before anybody is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.models.engine_properties import EngineRecord

_ROOT = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Shown:
    """What has been shown.

    Attributes:
        code: Exit code, if it ends here.
        can_run: Whether there is something that somebody could agree to.
    """

    code: int
    can_run: bool


def show_plan(
    engine: Engine, arguments: Collection[str], extra: Mapping[str, str], targets: Sequence[str] = ()
) -> Shown:
    """Preview, which writes no state and takes no lock.

    Args:
        engine: The site's engine.
        arguments: Options of the run.
        extra: Environment variables of it.
        targets: What it is about; empty means everything.
    """
    code = engine.run("preview", arguments, targets=targets, extra=extra)
    if engine.has_failed:
        return Shown(code, can_run=False)
    is_quiet = code == 0 and not engine.has_pending_operations
    return Shown(code, can_run=not (is_quiet and finds_nothing(engine.events)))


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
