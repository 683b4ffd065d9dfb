"""How many stacks are worked on at the same time: on one environment, and in all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType


class DeploySlot:
    """A place for one stack, taken with `with`; left early once there is nothing left but to wait for its health."""

    def __init__(self, on_environment: threading.Semaphore, in_all: threading.Semaphore) -> None:
        self._on_environment, self._in_all = on_environment, in_all
        self._is_held = False

    def __enter__(self) -> None:
        self._on_environment.acquire()
        self._in_all.acquire()
        self._is_held = True

    @contextmanager
    def turn(self, lock: threading.Lock) -> Iterator[None]:
        """Hold a lock; whoever waits for it counts only among those on the environment, and keeps no other one idle."""
        is_held = self._is_held
        if is_held:
            self._in_all.release()
        with lock:
            if is_held:
                self._in_all.acquire()
            yield

    def leave(self) -> None:
        """Make room for the next one; a second time it does nothing."""
        if self._is_held:
            self._is_held = False
            self._in_all.release()
            self._on_environment.release()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.leave()


class DeploySlots:
    """The places at one Portainer. Who waits for one has not begun, so no limit of its counts."""

    def __init__(self, in_all: int, per_environment: int) -> None:
        self._in_all = threading.Semaphore(in_all)
        self._per_environment = per_environment
        self._environments: dict[int, threading.Semaphore] = {}
        self._lock = threading.Lock()

    def of(self, environment_id: int) -> DeploySlot:
        """Return a place on an environment, not yet taken.

        The environment's own bound comes first: whoever waits for it keeps nobody on another one from working.
        """
        with self._lock:
            own = self._environments.setdefault(environment_id, threading.Semaphore(self._per_environment))
        return DeploySlot(own, self._in_all)
