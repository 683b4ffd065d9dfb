"""Screens as users see them, kept as texts: read each of them before it becomes one."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from phoenix_providers.cli.screens.console import console

FOLDER = Path(__file__).parent / "golden"
WIDTHS = (80, 120)


def drawn(draw: Callable[[Console], object], width: int) -> str:
    """Return what is drawn on a console of that width, without colour."""
    file = io.StringIO()
    draw(console(file=file, width=width))
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


def assert_screen(name: str, draw: Callable[[Console], object]) -> None:
    """Compare a screen with the one that is kept, at each width; no line is longer than that."""
    for width in WIDTHS:
        text = drawn(draw, width)
        assert max(map(len, text.splitlines()), default=0) <= width
        file = FOLDER / f"{name}.{width}.txt"
        assert file.is_file(), f"there is no {file.name}; read this, and keep it if it is right:\n{text}"
        assert text == file.read_text(encoding="utf-8")
