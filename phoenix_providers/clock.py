"""Time as a value that can be replaced.

Whatever waits takes a `Clock`, so that tests wait for nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """What a waiting piece of code needs of time; seconds throughout."""

    def now(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let that many seconds pass."""
        ...


class SystemClock:
    """The real time."""

    def now(self) -> float:
        """Return the monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block the calling thread."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Deadline:
    """A bound for one piece of work; it counts from when the work starts, not from when it queues."""

    clock: Clock
    end: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Deadline:
        """Start counting now."""
        return cls(clock, clock.now() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds left; never negative."""
        return max(0.0, self.end - self.clock.now())

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return self.remaining <= 0
