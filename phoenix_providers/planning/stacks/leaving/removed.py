"""What was removed before its time, to make room."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_providers.planning.stacks.content import StackContent


@dataclass(frozen=True)
class Removed:
    """One project, and how it may come back.

    Attributes:
        content: As Portainer had it, or as the state has it; None if it cannot be put back.
        lost: Why it cannot.
        was_cut_off: Whether an earlier run removed it and came to no end.
    """

    project: str
    content: StackContent | None
    lost: str = "Portainer had lost what it was made from"
    was_cut_off: bool = False
