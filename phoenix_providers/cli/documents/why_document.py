"""What `phoenix why NAME --json` prints."""

from __future__ import annotations

from typing import ClassVar

from phoenix_providers.cli.documents.document import Document
from phoenix_providers.cli.reasons.reason import Asked, Kind, LastChange, Reason, Waiting
from phoenix_providers.cli.site_view.site_view import ChangeView, Standing


class WhyDocument(Document):
    """Why one thing is as it is."""

    command: ClassVar[str] = "why"

    kind: Kind
    """What it is."""
    name: str
    """Its name."""
    standing: Standing
    """Whether it is as it should be."""
    verdict: str
    """How it is, in a word or two."""
    asked: tuple[Asked, ...]
    """What asks for it."""
    waits: tuple[Waiting, ...]
    """What it waits for."""
    last_change: LastChange | None
    """Null if no run has made it."""
    live: tuple[str, ...]
    """How it is now, a line each."""
    changes: tuple[ChangeView, ...] | None
    """What a run would change; null if that is not known."""
    changes_unknown: str
    """Why that is not known; empty if it is."""
    next_command: str
    """What to type now; empty if nothing has to be done."""
    also: tuple[str, ...]
    """What else has this name, as the command line takes it."""
    taken_at: float
    """When this was seen, in seconds since 1970."""

    @classmethod
    def of(cls, reason: Reason) -> WhyDocument:
        """Make it of what was found out."""
        return cls(**{name: getattr(reason, name) for name in cls.model_fields if name != "version"})
