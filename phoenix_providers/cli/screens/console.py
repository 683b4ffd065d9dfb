"""The console on which every screen is drawn."""

from __future__ import annotations

import os
from typing import TextIO

from rich.console import Console

# What logs and terminals of old have, and what a comment on a change shows without a scroll bar.
USUAL_WIDTH = 80


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
    return found if width or found.is_terminal or "COLUMNS" in os.environ else made(USUAL_WIDTH)
