"""What the engine leaves of each run beside the state in a folder, and which of it is old."""

from __future__ import annotations

import re
from collections.abc import Iterable

# How many runs stay where nobody says otherwise.
KEPT_RUNS = 20
# `prod-1795957484399618681.history.json`, `prod.1795957484401660149.json`; packed, or with metadata beside them, too.
_OF_A_RUN = re.compile(r"[.-](\d{16,})(?:\.history|\.checkpoint)?\.json(?:\.gz)?(?:\.bak)?(?:\.attrs)?")


def of_old_runs(stack: str, names: Iterable[str], keep: int) -> tuple[str, ...]:
    """Return the files of all runs of a Pulumi stack but the newest; what is not a run's is left alone."""
    runs: dict[int, list[str]] = {}
    for name in names:
        if name.startswith(stack) and (match := _OF_A_RUN.fullmatch(name.removeprefix(stack))):
            runs.setdefault(int(match[1]), []).append(name)
    old = sorted(runs)[: max(len(runs) - keep, 0)]
    return tuple(sorted(name for run in old for name in runs[run]))
