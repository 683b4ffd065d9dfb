"""Something that moves on a terminal for as long as nobody has anything to say."""

from __future__ import annotations

import sys
from types import TracebackType

import click

from phoenix_providers.cli.screens.console import console


class Waiting:
    """Shows what is being waited for, until the first word; in pipes and logs nothing.

    Args:
        what: What is going on.
    """

    def __init__(self, what: str) -> None:
        shown = console(stderr=True)
        self._status = shown.status(what) if shown.is_terminal and not shown.is_dumb_terminal else None

    def __enter__(self) -> Waiting:
        """Begin."""
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave the terminal as it was."""
        self._stop()

    def say(self, severity: str, text: str) -> None:
        """Tell something instead."""
        self._stop()
        # Standard error itself: what providers print there comes in here.
        click.echo(text if severity == "info" else f"{severity}: {text}", file=sys.__stderr__)

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
