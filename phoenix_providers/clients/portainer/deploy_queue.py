"""The deploys that this process has given to a server, which works on one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class DeployQueue:
    """Who has sent a deploy whose end is not known yet, in the order of sending. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[object] = []

    @property
    def is_shared(self) -> bool:
        """Whether several wait."""
        return len(self._waiting) > 1

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
