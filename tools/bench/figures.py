"""What was measured, and what it is held to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One cell of the table.

    Attributes:
        row: What was measured.
        size: Stacks of the site.
        ours: The value; None is one that could not be taken.
        unit: Of both values: "s", "kB", "MB", or empty for a number of things.
        floor: The same of trivial resources, where there is such a thing.
        goal: The most that is allowed; None is no promise at this size.
        of_floor: Whether the goal is a multiple of the floor.
        remark: What else to know of this value.
        cpu: Seconds of CPU, where seconds on the clock are the value; other work on the machine hardly changes them.
        floor_cpu: The same of the floor.
    """

    row: str
    size: int
    ours: float | None
    unit: str = ""
    floor: float | None = None
    goal: float | None = None
    of_floor: bool = False
    remark: str = ""
    cpu: float | None = None
    floor_cpu: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor it is."""
        return None if self.ours is None or not self.floor else self.ours / self.floor

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None says that there is no goal, or no value."""
        judged = self.ratio if self.of_floor else self.ours
        return None if judged is None or self.goal is None else judged <= self.goal

    def as_json(self) -> dict[str, Any]:
        """Return it with what follows from it."""
        return {**asdict(self), "ratio": self.ratio, "met": self.is_met}
