"""Live data read once and shared by all who ask within a short time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from phoenix_providers.clock import Clock

Value = TypeVar("Value")


class Cached(Generic[Value]):
    """One value with an age limit in seconds; a write to its server ends it (`forget`). Safe between threads.

    Callers that come while it is being read wait for that one read.
    """

    def __init__(self, read: Callable[[], Value], clock: Clock, seconds: float = 10) -> None:
        self._read = read
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: tuple[float, Value] | None = None

    def get(self, at_most: float | None = None) -> Value:
        """Return the value, read anew if it is older than `at_most` seconds; whatever the read raises comes through."""
        oldest = self._seconds if at_most is None else at_most
        with self._lock:
            if self._held is None or self._clock.now() - self._held[0] > oldest:
                self._held = (self._clock.now(), self._read())
            return self._held[1]

    def forget(self) -> None:
        """Make the next `get` read anew."""
        with self._lock:
            self._held = None
