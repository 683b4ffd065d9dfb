"""The deploys that this process has given to a server, which works on one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# After one that was not over at once so many are not looked at so soon, and so many times more after the next.
_PASSED_BY, _TIMES = 3, 4


class DeployQueue:
    """Who has sent a deploy whose end is not known yet, in the order of sending. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[object] = []
        self._passed_by = self._to_pass_by = 0

    @property
    def is_shared(self) -> bool:
        """Whether several wait."""
        return len(self._waiting) > 1

    def may_end_at_once(self) -> bool:
        """Whether the next deploy is worth a look at once: as long as those are over that were looked at so soon."""
        with self._lock:
            if self._to_pass_by:
                self._to_pass_by -= 1
                return False
            return True

    def looked_at_once(self, *, has_ended: bool) -> None:
        """Take what such a look has shown."""
        with self._lock:
            self._passed_by = 0 if has_ended else max(_PASSED_BY, _TIMES * self._passed_by)
            self._to_pass_by = self._passed_by

    @contextmanager
    def joined(self) -> Iterator[Callable[[], bool]]:
        """Wait in it, from before something is sent until its end is known.

        Gives whether something that was sent before may still be worked on: then the own work may not have begun.
        """
        own = object()
        with self._lock:
            before = frozenset(self._waiting)
            self._waiting.append(own)
        try:
            yield lambda: not before.isdisjoint(self._waiting)
        finally:
            with self._lock:
                self._waiting.remove(own)
