"""How many calls of the engine the process with our providers answers at the same time."""

from __future__ import annotations

import contextlib
import sys
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

# The SDK answers four, whatever the engine asks for. What really loads a server is bounded where it is done; the engine
# itself begins no more calls than its `--parallel`, so this is only to be above that.
CALLS_AT_ONCE = 128


def answer_more_calls() -> None:
    """Let the pool of threads, in one of which this runs, have more of them.

    The SDK has no setting for it. Where its pool is not found, or is made otherwise, everything stays as it is.
    """
    with contextlib.suppress(AttributeError, KeyError, TypeError):
        executor = _own_pool()
        if executor is not None and executor._max_workers < CALLS_AT_ONCE:
            executor._max_workers = CALLS_AT_ONCE
            # Those that wait already were counted before; each new thread takes one of them.
            for _ in range(executor._work_queue.qsize()):
                executor.submit(_nothing)


def _own_pool() -> ThreadPoolExecutor | None:
    """Return the pool whose worker thread this is, by what the outermost function of that thread has."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "_worker" and frame.f_globals.get("__name__") == "concurrent.futures.thread":
            found = frame.f_locals["executor_reference"]()
            return found if isinstance(found, ThreadPoolExecutor) else None
        frame = frame.f_back
    return None


def _nothing() -> None:
    pass
