"""What of a project could not be carried, or should be known."""

from __future__ import annotations

from dataclasses import dataclass, field

from phoenix_providers.models.location import Location


@dataclass(frozen=True)
class Remark:
    """One thing that is left to the user, with the place that it concerns and what to do."""

    what: str
    place: Location | None = None
    next_step: str = ""

    def text(self) -> str:
        """Return the remark as it is printed."""
        where = f"{self.place}  " if self.place else ""
        following = f"\n    next: {self.next_step}" if self.next_step else ""
        return f"  {where}{self.what}{following}"


@dataclass
class Remarks:
    """Remarks in the order in which they came up; the same one counts once.

    Attributes:
        left: What could not be carried.
        told: What has been changed, and is good to know.
    """

    left: list[Remark] = field(default_factory=list)
    told: list[Remark] = field(default_factory=list)

    def leave(self, what: str, place: Location | None = None, next_step: str = "") -> None:
        """Say what could not be carried, and what to do about it."""
        _add(self.left, Remark(what, place, next_step))

    def tell(self, what: str, place: Location | None = None, next_step: str = "") -> None:
        """Say what has been changed."""
        _add(self.told, Remark(what, place, next_step))


def _add(remarks: list[Remark], remark: Remark) -> None:
    if remark not in remarks:
        remarks.append(remark)
