"""An engine that was killed, which can say nothing of it itself."""

from __future__ import annotations

import signal

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_lock import lock_holder
from phoenix_providers.errors import InterruptedRunError, PhoenixError

# A shell between us and a process adds this to the signal that ended it.
_BY_A_SHELL = 128


def killing_signal(code: int) -> str:
    """Return the name of the signal that ended a process; empty if it ended by itself."""
    number = -code if code < 0 else code - _BY_A_SHELL
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""


def killed_engine(engine: Engine, code: int) -> InterruptedRunError | None:
    """Say that the engine was killed, and how to go on: the lock that it held stays; None if it ended by itself."""
    name = killing_signal(code)
    if not name:
        return None
    what = f"The engine was killed in the middle of the run ({name})"
    try:
        held = lock_holder(engine)
    except (PhoenixError, OSError):
        held = None
    if held is None:
        return InterruptedRunError(
            what, next_step="the same command again   (pulumi cancel first, if the state is locked)"
        )
    again = "   (then the same command again)" if held.kind == "stale" else ""
    return InterruptedRunError(
        what,
        where=held.lock.file,
        seen=f"the state stays locked: {held.lock.who}; {held.reason}",
        next_step=f"{held.next_step}{again}",
    )
