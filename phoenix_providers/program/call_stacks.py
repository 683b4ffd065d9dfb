"""Keeps the program's call stacks out of the state: they were more than a third of its bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_LIMIT = "tracebacklimit"


@contextmanager
def without_call_stacks() -> Iterator[None]:
    """Let the SDK see too little of the stack to send it with each resource.

    It would store about twenty places of this computer with each, and the engine writes the state as a whole. Nothing
    of it is needed: the engine takes no change of them for a change. Errors are shown with their stack afterwards.
    """
    before = getattr(sys, _LIMIT, None)
    # The SDK looks for the constructor of the resource, and sends nothing if it does not find that.
    sys.tracebacklimit = 1
    try:
        yield
    finally:
        if before is None:
            delattr(sys, _LIMIT)
        else:
            sys.tracebacklimit = before
