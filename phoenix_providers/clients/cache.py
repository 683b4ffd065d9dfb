"""Live data read once and shared by all who ask within a short time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from phoenix_providers.clock import Clock
from phoenix_providers.errors import UnreachableError

Value = TypeVar("Value")


class Cached(Generic[Value]):
    """One value with an age limit in seconds; a write to its server ends it (`forget`). Safe between threads.

    Callers that come while it is being read wait for that one read. That nobody answered is as good as a value: else
    each of a hundred resources would wait for the same silent server. Whoever says how old a value may be asks again.
    """

    def __init__(self, read: Callable[[], Value], clock: Clock, seconds: float = 10) -> None:
        self._read = read
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: tuple[float, Value] | None = None
        self._silence: tuple[float, UnreachableError] | None = None

    def get(self, at_most: float | None = None) -> Value:
        """Return the value, read anew if it is older than `at_most` seconds; whatever the read raises comes through."""
        oldest = self._seconds if at_most is None else at_most
        with self._lock:
            if self._held is not None and self._clock.now() - self._held[0] <= oldest:
                return self._held[1]
            if at_most is None and self._silence is not None and self._clock.now() - self._silence[0] <= oldest:
                raise self._silence[1].with_traceback(None)
            return self._read_now()

    def forget(self) -> None:
        """Make the next `get` read anew."""
        with self._lock:
            self._held = self._silence = None

    def _read_now(self) -> Value:
        begun = self._clock.now()
        try:
            value = self._read()
        except UnreachableError as error:
            # Counted from when the waiting was over: it may have taken longer than a value lives.
            self._held, self._silence = None, (self._clock.now(), error)
            raise
        self._held, self._silence = (begun, value), None
        return value
