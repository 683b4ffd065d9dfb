"""Live data read once and shared by all who ask within a short time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from phoenix_providers.clock import Clock
from phoenix_providers.errors import UnreachableError

Value = TypeVar("Value")


@dataclass(frozen=True)
class Dated(Generic[Value]):
    """A value, and when reading it began."""

    at: float
    value: Value


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
        self._held: Dated[Value] | None = None
        self._silence: Dated[UnreachableError] | None = None
        # How many reads have begun, and which of them gave the value.
        self._begun = self._number = 0

    def get(self, at_most: float | None = None) -> Value:
        """Return the value, read anew if it is older than `at_most` seconds; whatever the read raises comes through."""
        if at_most is not None:
            return self.dated(self._clock.now() - at_most).value
        with self._lock:
            since = self._clock.now() - self._seconds
            is_held = self._held is not None and self._held.at >= since
            if not is_held and self._silence is not None and self._silence.at >= since:
                raise self._silence.value.with_traceback(None)
            return self._read_since(since).value

    def dated(self, since: float) -> Dated[Value]:
        """Return the value and its time, read anew unless reading it began at `since` or later."""
        with self._lock:
            return self._read_since(since)

    def fresh(self) -> Value:
        """Return the value as a read gives it that begins after this call; those who come at the same time share it."""
        begun = self._begun
        with self._lock:
            if self._held is not None and self._number > begun:
                return self._held.value
            return self._read_now().value

    def amend(self, change: Callable[[Value], Value]) -> None:
        """Put a write, whose outcome is known, into the value that is held; it does not get younger by that."""
        with self._lock:
            if self._held is not None:
                self._held = Dated(self._held.at, change(self._held.value))

    def forget(self) -> None:
        """Make the next `get` read anew."""
        with self._lock:
            self._held = self._silence = None

    def _read_since(self, since: float) -> Dated[Value]:
        if self._held is not None and self._held.at >= since:
            return self._held
        return self._read_now()

    def _read_now(self) -> Dated[Value]:
        begun = self._clock.now()
        self._begun += 1
        number = self._begun
        try:
            value = self._read()
        except UnreachableError as error:
            # Counted from when the waiting was over: it may have taken longer than a value lives.
            self._held, self._silence = None, Dated(self._clock.now(), error)
            raise
        self._held, self._silence, self._number = Dated(begun, value), None, number
        return self._held
