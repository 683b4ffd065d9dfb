"""Paths as they are shown."""

from __future__ import annotations

from pathlib import Path


def shown_path(path: Path) -> str:
    """Return it with `~` for the home folder, as shells take it."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
