"""What a new site does not get of what runs, each with what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NotCarried:
    """One thing that stays where it is, or that becomes something else."""

    what: str
    why: str
    next_step: str = ""

    def text(self) -> str:
        """Return it as the user reads it."""
        return f"{self.what}: {self.why}" + (f"\n      next: {self.next_step}" if self.next_step else "")
