"""Lines with something in front of the first of them: the others stand below its end."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text


def print_hanging(console: Console, before: Text, lines: Iterable[Text]) -> None:
    """Print lines behind a text, each folded to what is left of the width; nothing is cut off, nothing padded."""
    indent = before.cell_len
    width = max(console.width - indent, 1)
    first = True
    for line in lines:
        for part in line.wrap(console, width):
            part.rstrip()
            console.print(before + part if first else Text(" " * indent) + part)
            first = False
    if first:
        console.print(before)
