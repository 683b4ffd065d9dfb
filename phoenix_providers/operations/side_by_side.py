"""Short looks at several things at once, with one limit for all of them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from phoenix_providers.clock import Deadline
from phoenix_providers.errors import PhoenixError

Key = TypeVar("Key")
Result = TypeVar("Result")

_AT_ONCE = 8


def side_by_side(looks: Mapping[Key, Callable[[], Result]], deadline: Deadline) -> dict[Key, Result | PhoenixError]:
    """Return what came of each, or its error; who is late is not in it."""
    waiting: queue.SimpleQueue[tuple[Key, Callable[[], Result]]] = queue.SimpleQueue()
    for item in looks.items():
        waiting.put(item)
    found: dict[Key, Result | PhoenixError] = {}
    over = threading.Event()

    def work() -> None:
        with suppress(queue.Empty):
            while not over.is_set():
                key, look = waiting.get_nowait()
                try:
                    found[key] = look()
                except PhoenixError as error:
                    found[key] = error

    # Nobody waits for these at the end of the process.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(len(looks), _AT_ONCE))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(deadline.remaining)
    over.set()
    return dict(found)
