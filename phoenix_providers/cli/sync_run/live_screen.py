"""The three ways in which a run is shown while it goes on."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from phoenix_providers.cli.run_progress.failures import remarks
from phoenix_providers.cli.run_progress.progress import Progress
from phoenix_providers.cli.screens.paths import shown_path
from phoenix_providers.cli.screens.plain_progress import PlainProgress
from phoenix_providers.cli.screens.progress_screen import progress_screen

_REDRAW_SECONDS = 0.2
_STOPPING = (
    "Stopping: what is under way is finished first. Ctrl-C again cancels it.",
    "Cancelling what is under way.",
)


class Screen(Protocol):
    """Shows a run."""

    def show(self, progress: Progress, stopping: int) -> None:
        """Show how far it is."""

    def close(self) -> None:
        """Leave the terminal as it was."""


def screen_for(console: Console, command: str, log: Path, *, engine_output: bool) -> Screen:
    """Return the one that fits: live on a terminal, plain lines elsewhere, or the engine's own words."""
    if engine_output:
        return EngineScreen(log, is_beside=console.stderr)
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveScreen(console, command)
    return LogScreen(shown_path(log), is_beside=console.stderr)


class LiveScreen:
    """Redraws in place; what was said stays above it."""

    def __init__(self, console: Console, command: str) -> None:
        self._console, self._command = console, command
        self._live: Live | None = None
        self._drawn = 0.0
        self._said = 0

    def show(self, progress: Progress, stopping: int) -> None:
        """Draw it, a few times a second."""
        said = remarks(progress.said)
        now = time.monotonic()
        if len(said) == self._said and now - self._drawn < _REDRAW_SECONDS and not progress.is_over:
            return
        self._drawn = now
        if self._live is None:
            # It takes no signals and starts no thread: it is drawn when there is something to draw.
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        for text in said[self._said :]:
            self._live.console.print(Text(text, "dim"), soft_wrap=True)
        self._said = len(said)
        height = self._console.height
        self._live.update(progress_screen(progress, self._command, height, stopping), refresh=True)

    def close(self) -> None:
        """Remove what is redrawn."""
        if self._live is not None:
            self._live.stop()


class LogScreen:
    """Adds lines, without any control codes.

    Args:
        log: Path of the engine's own output, as it is shown.
        is_beside: Whether they go to standard error, since the answer is something else.
    """

    def __init__(self, log: str, *, is_beside: bool = False) -> None:
        self._is_beside = is_beside
        self._plain = PlainProgress()
        self._told = 0
        self._log = log

    def show(self, progress: Progress, stopping: int) -> None:
        """Print what is new."""
        if self._log:
            click.echo(f"engine log: {self._log}", err=self._is_beside)
            self._log = ""
        for line in self._plain.lines(progress):
            click.echo(line, err=self._is_beside)
        while self._told < stopping:
            click.echo(_STOPPING[min(self._told, 1)], err=True)
            self._told += 1

    def close(self) -> None:
        """Nothing is left."""


class EngineScreen:
    """Shows what the engine prints, as it prints it into a file."""

    def __init__(self, log: Path, *, is_beside: bool = False) -> None:
        self._log = log
        self._is_beside = is_beside
        self._shown = 0

    def show(self, progress: Progress, stopping: int) -> None:
        """Print what is new in the file."""
        del progress, stopping
        with self._log.open("rb") as file:
            file.seek(self._shown)
            text = file.read()
        self._shown += len(text)
        click.echo(text.decode(errors="replace"), nl=False, err=self._is_beside)

    def close(self) -> None:
        """Nothing is left."""
