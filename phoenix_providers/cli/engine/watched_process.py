"""The engine beside us: it has no terminal, its output goes to a file, and what stops us stops it in its own order."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Protocol

from phoenix_providers.cli.engine.event_log import EventLog
from phoenix_providers.models.engine_properties import EngineRecord

_LOOK_SECONDS = 0.1
# A terminal that closes stops a run as Ctrl-C does: nobody would see how it goes on.
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Watcher(Protocol):
    """Is told how a run goes on."""

    def look(self, events: Sequence[EngineRecord]) -> None:
        """Take what has happened since the last call; it comes several times a second, also if that is nothing."""

    def stopping(self, times: int) -> None:
        """Take how often somebody wanted it to stop."""


def run_watched(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    events: Path,
    output: Path,
    watcher: Watcher,
) -> int:
    """Run the engine and return its exit code.

    The terminal's Ctrl-C does not reach it: it is told once each time somebody presses it here. At the first one it
    finishes what is under way, at the second one it cancels that.

    Args:
        command: The engine's command line.
        folder: Where it works.
        environment: Its variables.
        events: The event log that it writes.
        output: What it prints is added to this file.
        watcher: Is told.
    """
    log = EventLog(events)
    with output.open("ab") as file, _stops() as stops:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        with process:
            told = 0
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_SECONDS)
                while told < stops():
                    told += 1
                    process.send_signal(signal.SIGINT)
                    watcher.stopping(told)
                # Asked first: what it wrote last is read behind its end.
                code = process.poll()
                watcher.look(log.new())
                if code is not None:
                    return code


@contextlib.contextmanager
def _stops() -> Iterator[Callable[[], int]]:
    """Count the signals that want us to stop, instead of ending; only the main thread may."""
    count = 0

    def counted(_number: int, _frame: FrameType | None) -> None:
        nonlocal count
        count += 1

    before = {}
    if threading.current_thread() is threading.main_thread():
        # What `nohup` ignores stays ignored.
        minded = [number for number in _STOPS if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, counted) for number in minded}
    try:
        yield lambda: count
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
