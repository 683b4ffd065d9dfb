"""The console on which every screen is drawn."""

from __future__ import annotations

import io
import os
import re
import sys
from typing import IO, TextIO, cast

from rich.console import Console

# What logs and terminals of old have, and what a comment on a change shows without a scroll bar.
USUAL_WIDTH = 80
_BLANKS = re.compile(r" +$", re.MULTILINE)


def console(*, stderr: bool = False, file: TextIO | None = None, width: int | None = None) -> Console:
    """Return a console as wide as the terminal, with colour where there is one and NO_COLOR does not forbid it.

    A pipe or a log has the usual width, unless COLUMNS says another. Texts are taken as they are: no marks of rich's.

    Args:
        stderr: Draw on standard error, for what is no answer.
        file: Draw there.
        width: So many columns, whatever the terminal has.
    """

    def made(columns: int | None) -> Console:
        return Console(highlight=False, markup=False, emoji=False, stderr=stderr, file=file, width=columns)

    found = made(width)
    if found.is_terminal:
        return found
    if width is None and "COLUMNS" not in os.environ:
        found = made(USUAL_WIDTH)
    if file is None:
        # Tables fill their columns up, which only makes lines of a log longer.
        found.file = cast(IO[str], _Trimmed(is_error=stderr))
    return found


class _Trimmed(io.TextIOBase):
    """Writes to standard output or error without blanks at the ends of lines."""

    def __init__(self, *, is_error: bool) -> None:
        self._is_error = is_error

    def write(self, text: str) -> int:
        self._stream.write(_BLANKS.sub("", text))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    @property
    def _stream(self) -> TextIO:
        # Whatever it is by then: tests and runners put others in its place.
        return sys.stderr if self._is_error else sys.stdout
