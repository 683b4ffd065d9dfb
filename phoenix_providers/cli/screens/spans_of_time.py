"""Spans of time in words."""

from __future__ import annotations

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def span(seconds: float) -> str:
    """Return it in its largest unit, rounded down: 12 s, 4 min, 3 h, 2 days."""
    whole = max(int(seconds), 0)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < _DAY:
        return f"{whole // _HOUR} h"
    days = whole // _DAY
    return f"{days} day{'' if days == 1 else 's'}"
