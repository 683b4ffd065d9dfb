"""Looks for garbage that refers to itself less often than Python does by itself."""

from __future__ import annotations

import gc

# A run makes some hundred thousand objects, and nearly all of them live as long as it does.
_NEW_OBJECTS, _YOUNG, _MIDDLE = 100_000, 20, 100


def collect_rarely() -> None:
    """Do so for the rest of the process: looking was a sixth of its time on a large site, and found a few megabytes."""
    # Nothing that has been loaded goes away any more.
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG, _MIDDLE)
