"""Where the state is: whether it can be written, and whether somebody holds it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_folder import StateFolder
from phoenix_providers.cli.engine.state_lock import locks_in
from phoenix_providers.errors import Explanation, NotReadyError, ProductError, UsageError
from phoenix_providers.planning.doctor.finding import Finding, ok, skipped, trouble, warning
from phoenix_providers.planning.doctor.space import size_words

# Who has not said where the state is has no settings either.
_SEE_SETTINGS = "see settings"
# A run writes the state several times, each time a whole copy beside it.
_TIGHT_BYTES, _FEW_BYTES = 1_000_000_000, 100_000_000


def state_place(engine: Engine) -> Finding:
    """Judge the place; a bucket's room is its provider's matter."""
    try:
        url = engine.backend
    except UsageError:
        return skipped(_SEE_SETTINGS)
    folder = StateFolder.place(url)
    if folder is None:
        return ok(url)
    if not folder.is_dir():
        reason = Explanation("The folder of the state is not there", str(folder), next_step=f"mkdir -p {folder}")
        return trouble(UsageError, "no folder", reason)
    if shut := next((place for place in _written(folder) if not os.access(place, os.W_OK | os.X_OK)), None):
        reason = Explanation(
            "The state cannot be written", str(shut), "not writable for this user", next_step=f"ls -ld {shut}"
        )
        return trouble(ProductError, "not writable", reason)
    free = shutil.disk_usage(folder).free
    seen = f"{folder}, {size_words(free)} free"
    if free >= _TIGHT_BYTES:
        return ok(seen)
    reason = Explanation(
        "The disk of the state is nearly full",
        str(folder),
        f"{size_words(free)} free",
        f"{size_words(_TIGHT_BYTES)}: a run writes whole copies of the state",
        f"phoenix state prune   (removes what old runs left), df -h {folder}",
    )
    return trouble(ProductError, seen, reason) if free < _FEW_BYTES else warning(seen, reason)


def state_lock(engine: Engine) -> Finding:
    """Say who holds the state."""
    try:
        folder = StateFolder.of(engine)
    except UsageError:
        return skipped(_SEE_SETTINGS)
    if folder is None:
        return ok("this backend keeps its own; pulumi says if it is held")
    held = locks_in(folder)
    if not held:
        return ok("nobody holds the state")
    seen = "; ".join(f"{one.kind if one.kind != 'unknown' else 'maybe alive'}: {one.lock.who}" for one in held)
    return trouble(NotReadyError, seen, *(one.explanation() for one in held))


def _written(folder: Path) -> tuple[Path, ...]:
    inside = folder / ".pulumi"
    return tuple(place for place in (folder, inside, inside / "stacks", inside / "locks") if place.is_dir())
