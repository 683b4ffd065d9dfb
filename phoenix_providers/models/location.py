"""Where in the files something stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Location:
    """A place in a file; `line` counts from 1, `path` is the dotted path of keys inside the file."""

    file: Path
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        """Return `file:line`, as editors and terminals link it."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)
