"""Who holds the state, and whether that can still be a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from phoenix_providers.errors import Explanation

RELEASE = "phoenix state release"
# The clock of a file and that of a process are not the same.
_ROUNDING_SECONDS = 2.0
_ENGINE = "pulumi"
_WHAT = {
    "stale": "A run that is over still holds the state",
    "alive": "Another run holds the state",
    "unknown": "Another run holds the state, or held it when it was killed",
}


@dataclass(frozen=True)
class StateLock:
    """A lock as the engine writes it: one file for each run.

    Attributes:
        file: Its file.
        pid: Number of the process that holds it; 0 where the file does not tell.
        since: When it was taken; None where the file does not tell.
    """

    file: str
    pid: int = 0
    user: str = ""
    host: str = ""
    since: datetime | None = None

    @classmethod
    def from_file(cls, file: str, data: Mapping[str, object]) -> StateLock:
        """Read what the engine wrote; what is missing stays unknown."""
        pid, since = data.get("pid"), data.get("timestamp")
        return cls(
            file,
            pid if isinstance(pid, int) else 0,
            str(data.get("username") or ""),
            str(data.get("hostname") or ""),
            _moment(since) if isinstance(since, str) else None,
        )

    @property
    def who(self) -> str:
        """Say who holds it, where and since when."""
        user = self.user or "somebody"
        process = f"process {self.pid}" if self.pid else "a process without a number"
        since = f", since {self.since.astimezone():%Y-%m-%d %H:%M:%S}" if self.since else ""
        return f"{user} on {self.host or 'an unknown computer'} ({process}){since}"


@dataclass(frozen=True)
class SeenProcess:
    """A process of this computer.

    Attributes:
        started: Seconds since 1970.
    """

    name: str
    started: float


@dataclass(frozen=True)
class LockStanding:
    """What is known of a lock's holder.

    Attributes:
        kind: `stale` is proven: its process is gone. `alive` is a run on this computer. Of anything else only people
            know: it was taken on another computer, or its file cannot be read.
        reason: Why, in words.
    """

    lock: StateLock
    kind: Literal["stale", "alive", "unknown"]
    reason: str

    @property
    def next_step(self) -> str:
        """Return what to do about it."""
        lock = self.lock
        if self.kind == "stale":
            return RELEASE
        if self.kind == "alive":
            return f"wait until it ends   (ps -fp {lock.pid} shows it; kill -INT {lock.pid} lets it end in order)"
        if lock.host and lock.pid:
            return f"ssh {lock.host} ps -fp {lock.pid}   (if no run is there any more: {RELEASE} --force)"
        return f"cat {lock.file}   (if no run is anywhere any more: {RELEASE} --force)"

    def explanation(self) -> Explanation:
        """Return it as the reason why nothing can be done now."""
        expected = "nobody, since its run is over" if self.kind == "stale" else "one run at a time"
        return Explanation(
            _WHAT[self.kind],
            where=self.lock.file,
            seen=f"{self.lock.who}; {self.reason}",
            expected=expected,
            next_step=self.next_step,
        )


def standing(lock: StateLock, here: str, process: SeenProcess | None) -> LockStanding:
    """Judge a lock.

    Args:
        lock: The lock.
        here: Name of this computer.
        process: The process of that number here; None if there is none.
    """
    if not lock.pid or not lock.host:
        return LockStanding(lock, "unknown", "its file does not tell by whom it was taken")
    if lock.host != here:
        return LockStanding(lock, "unknown", f"from here ({here}) nobody sees whether that run is over")
    if process is None:
        return LockStanding(lock, "stale", "that process is gone")
    if _ENGINE not in process.name:
        return LockStanding(lock, "stale", f"that number belongs to {process.name} by now")
    if lock.since is not None and process.started > lock.since.timestamp() + _ROUNDING_SECONDS:
        return LockStanding(lock, "stale", "the process of that number has started later")
    return LockStanding(lock, "alive", "that run is going on")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
