"""Writes that do no harm twice, and of which it can be seen whether they were done."""

from __future__ import annotations

from collections.abc import Callable

from phoenix_providers.clock import Clock
from phoenix_providers.errors import AmbiguousWriteError, ProductError, UnreachableError

_TRIES = 3
_LOOKS = 3
_PAUSE_SECONDS = 0.5


def write_until_seen(send: Callable[[], object], is_done: Callable[[], bool], clock: Clock) -> None:
    """Send; after an error look, and after an unclear answer send again what was not done.

    Raises:
        ProductError: It was refused and not done, or nobody knows after several tries.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            send()
        except UnreachableError:
            raise
        except ProductError as error:
            if _is_seen(is_done, clock):
                return
            if attempt == _TRIES or not isinstance(error, AmbiguousWriteError):
                raise
            clock.sleep(_PAUSE_SECONDS)
        else:
            return


def _is_seen(is_done: Callable[[], bool], clock: Clock) -> bool:
    """Look; a server that went away in the middle is waited for a moment. What cannot be seen counts as not done."""
    for attempt in range(_LOOKS):
        if attempt:
            clock.sleep(_PAUSE_SECONDS)
        try:
            return is_done()
        except UnreachableError:
            continue
        except ProductError:
            break
    return False
