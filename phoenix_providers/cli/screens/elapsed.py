"""How long something took, as people say it."""

from __future__ import annotations


def elapsed(seconds: float) -> str:
    """Return it as `0.8 s`, `14 s` or `2 min 5 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def clock(seconds: float) -> str:
    """Return it as `0.8 s` or `2:05`, for narrow columns."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}" if minutes else elapsed(seconds)
