"""A run as it is remembered."""

from __future__ import annotations

from phoenix_providers.cli.run_progress.progress import Progress
from phoenix_providers.models.run_record import RunRecord, RunStep


def run_record(progress: Progress, command: str, log: str, exit_code: int | None = None) -> RunRecord:
    """Return its record; without an exit code it has not ended."""
    return RunRecord(
        command=command,
        started=progress.started,
        ended=progress.now if exit_code is not None else None,
        exit_code=exit_code,
        engine_log=log,
        steps=tuple(
            RunStep(
                name=work.thing.name,
                type=work.thing.type,
                operation=work.operation,
                started=work.started,
                ended=work.ended,
                failed=work.failed,
                message=work.trouble,
            )
            for work in progress.works.values()
        ),
        unchanged=progress.unchanged,
    )
