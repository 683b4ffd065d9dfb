"""What a run would change, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from phoenix_providers.models.location import Location
from phoenix_providers.planning.stacks.forecast.stack_forecast import StackForecast


class Action(StrEnum):
    """What is done to a thing."""

    REMOVE = "remove"
    MAKE = "make"
    CHANGE = "change"


@dataclass(frozen=True)
class Note:
    """One line about a change.

    Attributes:
        place: Where the files ask for it.
    """

    text: str
    place: Location | None = None


@dataclass(frozen=True)
class TextChange:
    """A text before and after; secrets are taken out."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One thing that changes.

    Attributes:
        step: Which of the seven.
        vmid: The VM on which it is; 0 for everything else.
        name: The resource's name, such as `grafana@113`.
        title: What people call it.
        notes: Why it changes, and into what.
        effects: What that does to what runs: containers, routes, volumes.
        is_drift: Whether the files are as in the last run, and something else has changed it.
        forecast: Of a stack, what becomes of its containers.
    """

    step: int
    vmid: int
    action: Action
    name: str
    title: str
    notes: tuple[Note, ...] = ()
    effects: tuple[str, ...] = ()
    is_drift: bool = False
    forecast: StackForecast | None = None
    texts: tuple[TextChange, ...] = ()

    @property
    def owner(self) -> str:
        """The stack's folder, or the name itself."""
        return self.name.partition("@")[0]


@dataclass(frozen=True)
class SiteChanges:
    """All of them.

    Attributes:
        changes: In the order in which they are shown: what goes comes first, then step by step, VM by VM.
        as_declared: How many things stay as they are.
        others: How many changes are not among these, since they are about other names.
        own_notes: How many resources that are no thing of any product are brought up to date.
    """

    changes: tuple[Change, ...]
    as_declared: int
    own_notes: int = 0
    others: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether a run would do nothing at all."""
        return not self.changes and not self.own_notes
