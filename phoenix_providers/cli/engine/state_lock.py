"""Who holds the state of a Pulumi stack, where it is in a folder."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from pathlib import Path

import psutil

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_folder import StateFolder
from phoenix_providers.errors import NotReadyError, PhoenixError
from phoenix_providers.planning.site.state_lock import LockStanding, SeenProcess, StateLock, standing


def locks_in(folder: StateFolder) -> tuple[LockStanding, ...]:
    """Return all locks of the stack, the oldest first, and whether their runs are over."""
    found = [_read(file) for file in sorted(folder.locks.glob("*.json"))]
    known = [standing(lock, platform.node(), _process(lock.pid)) for lock in found if lock is not None]
    return tuple(sorted(known, key=lambda one: one.lock.since.timestamp() if one.lock.since else 0.0))


def lock_holder(engine: Engine) -> LockStanding | None:
    """Return who holds the state; None if nobody does, or where it is in no folder and only the engine knows."""
    folder = StateFolder.of(engine)
    found = locks_in(folder) if folder is not None else ()
    return found[0] if found else None


def held_state(engine: Engine) -> NotReadyError | None:
    """Return the error of a run that met a lock; None if there is none that could be seen."""
    try:
        holder = lock_holder(engine)
    except (PhoenixError, OSError):
        return None
    return refusal((holder,)) if holder is not None else None


def refusal(held: Sequence[LockStanding]) -> NotReadyError:
    """Say who holds the state."""
    return NotReadyError("The state is locked; nothing was done", tuple(one.explanation() for one in held))


def release(lock: StateLock) -> None:
    """Remove exactly this lock; one that has gone meanwhile is gone."""
    Path(lock.file).unlink(missing_ok=True)


def _read(file: Path) -> StateLock | None:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        data = {}
    return StateLock.from_file(str(file), data if isinstance(data, dict) else {})


def _process(pid: int) -> SeenProcess | None:
    try:
        found = psutil.Process(pid) if pid else None
        if found is None or found.status() == psutil.STATUS_ZOMBIE:
            return None
        return SeenProcess(found.name(), found.create_time())
    except psutil.Error:
        return None
