"""Whether all that a run reads was found ready just now, in front of the engine; then its gate need not ask again."""

from __future__ import annotations

import os
from collections.abc import Mapping

from phoenix_providers.clock import Clock

# Says by which time, on the clock that all processes of a computer share. Anything else says that somebody has asked.
READY_VARIABLE = "PHOENIX_READY"
# A refresh begins at once. Who stops to be asked in between begins later, and asks again.
_RECENT_SECONDS = 30.0


def as_variable(clock: Clock) -> str:
    """Return what to tell the run: all is ready now."""
    return f"{clock.now():.1f}"


def found_ready(clock: Clock, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether that was said, and not long ago."""
    try:
        said = float(environment.get(READY_VARIABLE, ""))
    except ValueError:
        return False
    return 0 <= clock.now() - said <= _RECENT_SECONDS
