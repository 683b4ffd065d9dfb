"""Whether this computer and the servers have the same time."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.errors import Explanation, NotReadyError
from phoenix_providers.planning.doctor.finding import Finding, ok, skipped, trouble, warning

# What tokens and certificates bear, and what servers round.
_FINE_SECONDS, _WRONG_SECONDS = 30.0, 300.0


def judge_clocks(ahead: Mapping[str, float]) -> Finding:
    """Judge by how many seconds each server's clock is ahead of this computer's."""
    if not ahead:
        return skipped("no server that tells its time has answered")
    seen = ", ".join(f"{name} {_said(seconds)}" for name, seconds in ahead.items())
    off = {name: seconds for name, seconds in ahead.items() if abs(seconds) > _FINE_SECONDS}
    if not off:
        return ok(f"the same as of {', '.join(ahead)}")
    whose = "the clock here" if len(off) == len(ahead) else " and ".join(f"{name}'s clock" for name in off)
    reason = Explanation(
        f"{whose[0].upper()}{whose[1:]} is wrong",
        seen=", ".join(f"{name} is {_said(seconds)}" for name, seconds in off.items()),
        expected=f"at most {_FINE_SECONDS:g} s apart: tokens and certificates go by the time",
        next_step="timedatectl   (here and on the servers: is `System clock synchronized` yes?)",
    )
    if any(abs(seconds) > _WRONG_SECONDS for seconds in off.values()):
        return trouble(NotReadyError, seen, reason)
    return warning(seen, reason)


def _said(seconds: float) -> str:
    size = abs(seconds)
    if size < _FINE_SECONDS:
        return "as here"
    number = f"{size:.0f} s" if size < 120 else f"{size / 60:.0f} min" if size < 7200 else f"{size / 3600:.0f} h"
    return f"{number} {'ahead' if seconds > 0 else 'behind'}"
