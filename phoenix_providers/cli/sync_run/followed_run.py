"""A run of the engine that is shown while it goes on, and remembered."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.run_folder import RunFolder
from phoenix_providers.cli.run_progress.progress import Progress
from phoenix_providers.cli.run_progress.record import run_record
from phoenix_providers.cli.sync_run.live_screen import Screen, screen_for
from phoenix_providers.errors import InterruptedRunError, PhoenixError
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.planning.site.run_parts import STEP_TITLES

# A run that is killed is remembered as far as it was then.
_KEEP_SECONDS = 1.0
# Somebody has by then.
_AGREED = ("--yes", "--skip-preview")


@dataclass(frozen=True)
class Ran:
    """A run that has ended.

    Attributes:
        code: Exit code of `phoenix`.
        progress: What it did.
        log: File with the engine's own output.
        stopped: How often somebody wanted it to stop.
    """

    code: int
    progress: Progress
    log: Path
    stopped: int


class FollowedRun:
    """Takes the engine's events, shows them, and keeps the run's record.

    Args:
        folder: Where the record is kept.
        progress: The run at its beginning.
        command: What was typed.
        log: File with the engine's own output.
        screen: Where it is shown.
        clock: Returns seconds since 1970.
    """

    def __init__(
        self,
        folder: RunFolder,
        progress: Progress,
        command: str,
        log: Path,
        screen: Screen,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.progress = progress
        self.stopped = 0
        self._folder, self._command, self._log, self._screen, self._clock = folder, command, log, screen, clock
        self._kept = 0.0
        self._can_keep = True
        self.keep()

    def look(self, events: Sequence[EngineRecord]) -> None:
        """Take what has happened."""
        self.progress = self.progress.after(events, self._clock())
        self._show()
        if events and self.progress.now - self._kept >= _KEEP_SECONDS:
            self.keep()

    def stopping(self, times: int) -> None:
        """Take that it is to stop."""
        self.stopped = times
        self._show()

    def keep(self, exit_code: int | None = None) -> None:
        """Remember it as it is now; with an exit code it has ended."""
        self._kept = self.progress.now
        if not self._can_keep:
            return
        try:
            self._folder.keep(run_record(self.progress, self._command, str(self._log), exit_code))
        except OSError as error:
            self._can_keep = False
            click.echo(f"warning: the run is not remembered: {error}", err=True)

    def _show(self) -> None:
        # A reader that went away, as `head` does, ends no run in the middle.
        with suppress(BrokenPipeError):
            self._screen.show(self.progress, self.stopped)

    def close(self) -> None:
        """Say that the engine has ended, and leave the terminal as it was."""
        self.progress = self.progress.ended(self._clock())
        self._show()
        self._screen.close()


@dataclass(frozen=True)
class RunRequest:
    """What is to be run.

    Attributes:
        arguments: The engine's options.
        targets: What it is about, as patterns of the engine; empty means everything.
        names: Names of the resources that it is about; None means everything.
        extra: Environment variables.
        steps: Which of the steps it goes through.
        engine_output: Whether the engine's own output is shown instead.
        environments: Names of environments by number of the VM, as far as they are known.
        as_json: Whether the answer is a document, and screens go beside it.
    """

    arguments: Sequence[str] = ()
    targets: Sequence[str] = ()
    names: Collection[str] | None = None
    extra: Mapping[str, str] | None = None
    steps: Iterable[int] = tuple(STEP_TITLES)
    engine_output: bool = False
    environments: Mapping[int, str] = field(default_factory=dict)
    as_json: bool = False


def run_followed(engine: Engine, request: RunRequest, console: Console) -> Ran:
    """Run the engine, show how it goes on, and remember it.

    Raises:
        PhoenixError: It could not start.
    """
    folder, started = RunFolder.of(engine), time.time()
    log, command = folder.new_log(started), typed_command()
    screen = screen_for(console, command, log, engine_output=request.engine_output)
    followed = FollowedRun(
        folder, Progress.beginning(started, request.steps, request.environments), command, log, screen
    )
    code = InterruptedRunError.exit_code
    try:
        code = engine.run(
            "up",
            [*request.arguments, *_AGREED],
            targets=request.targets,
            extra=request.extra,
            watcher=followed,
            output=log,
        )
        if code and followed.stopped:
            # Cancelled at once, the engine only says that it failed.
            code = InterruptedRunError.exit_code
    except PhoenixError as error:
        code = error.exit_code
        raise
    finally:
        followed.close()
        followed.keep(code)
    return Ran(code, followed.progress, log, followed.stopped)


def remember(engine: Engine, ran: Ran, code: int) -> None:
    """Remember that a run turned out to be another one than its end said: a route without answer, or no proof."""
    with suppress(OSError):
        RunFolder.of(engine).keep(run_record(ran.progress, typed_command(), str(ran.log), code))


def typed_command() -> str:
    """Return the command line as it was typed."""
    return shlex.join(["phoenix", *sys.argv[1:]])
