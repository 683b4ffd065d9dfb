"""Whether there is room left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phoenix_providers.errors import Explanation, ProductError
from phoenix_providers.planning.doctor.finding import Finding, trouble, warning, worst

_NEARLY_FULL, _FULL = 0.90, 0.97
_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Disk:
    """A disk, storage or file system; sizes in bytes.

    Attributes:
        look: The command that shows what fills it.
    """

    name: str
    used: int
    size: int
    look: str

    @property
    def share(self) -> float:
        """How much of it is used; one without a size counts as empty."""
        return self.used / self.size if self.size > 0 else 0.0


def judge_disks(disks: Sequence[Disk], untold: str) -> Finding:
    """Judge all disks.

    Args:
        disks: Those whose sizes are told.
        untold: What is not told, in words; empty if all is.
    """
    known = [disk for disk in disks if disk.size > 0]
    fullest = max(known, key=lambda disk: disk.share, default=None)
    count = "1 disk" if len(known) == 1 else f"{len(known)} disks"
    told = f"{count}, the fullest is {_short(fullest)}" if fullest else "no disk is told"
    return worst([_judged(disk) for disk in known], f"{told}; {untold}" if untold else told)


def size_words(size: float) -> str:
    """Return a number of bytes as people say it."""
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if size >= 10 or unit == 0 else f"{size:.1f} {_UNITS[unit]}"


def _judged(disk: Disk) -> Finding:
    if disk.share < _NEARLY_FULL:
        return Finding("ok", _short(disk))
    what = f"{disk.name} is {'full' if disk.share >= _FULL else 'nearly full'}"
    seen = f"{disk.share:.0%} used, {size_words(disk.size - disk.used)} of {size_words(disk.size)} left"
    reason = Explanation(what, seen=seen, expected=f"less than {_NEARLY_FULL:.0%} used", next_step=disk.look)
    return trouble(ProductError, _short(disk), reason) if disk.share >= _FULL else warning(_short(disk), reason)


def _short(disk: Disk) -> str:
    return f"{disk.name} ({disk.share:.0%})"
