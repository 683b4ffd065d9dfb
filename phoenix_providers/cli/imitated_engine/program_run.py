"""Running the program in this process, with the imitated engine in the place of the real one."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.stack import run_in_stack

from phoenix_providers.cli.imitated_engine.monitor import Monitor
from phoenix_providers.program.run import run

# On a backend of one's own there is but this one, and the program asks for nothing of it.
_ORGANIZATION = "organization"
_SEVERITIES = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}


@dataclass(frozen=True)
class Message:
    """What program or providers say: `severity` is info, warning or error."""

    severity: str
    text: str


class Log:
    """The engine's log as the SDK calls it.

    Args:
        say: Is given severity and text of everything, at once.
    """

    def __init__(self, say: Callable[[str, str], None]) -> None:
        self.messages: list[Message] = []
        self._say = say

    def Log(self, request: Any) -> None:
        """Take what the program says."""
        if request.severity in _SEVERITIES:
            self.take(_SEVERITIES[request.severity], request.message)

    def take(self, severity: str, text: str) -> None:
        """Take what anybody says."""
        self.messages.append(Message(severity, text))
        self._say(severity, text)


def run_program(monitor: Monitor, log: Log, project: str, stack: str, root: Path, config: Mapping[str, str]) -> bool:
    """Run it as a preview; return whether it came to its end. What went wrong is in the log, or in the monitor."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # One registration after the other, and one thread for whoever waits for an answer meanwhile.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=2))
    # A run that is given up leaves things that nobody waits for, of which asyncio would complain.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    settings = pulumi.runtime.Settings(
        project=project,
        stack=stack,
        monitor=monitor,
        engine=log,
        dry_run=True,
        organization=_ORGANIZATION,
        root_directory=str(root),
    )
    pulumi.runtime.configure(settings)
    pulumi.runtime.set_all_config(dict(config), [])

    async def program() -> None:
        run()

    try:
        loop.run_until_complete(run_in_stack(program))
    except SystemExit:
        return False
    except Exception:
        if monitor.failure is None:
            raise
        return False
    finally:
        _closed(loop)
    return True


def _closed(loop: asyncio.AbstractEventLoop) -> None:
    """End what a run that was given up has left waiting."""
    waiting = asyncio.all_tasks(loop)
    for task in waiting:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_default_executor())
    asyncio.set_event_loop(None)
    loop.close()


@contextlib.contextmanager
def heard(log: Log) -> Iterator[None]:
    """Take what providers say, which comes to the standard error of their process, into the log."""
    with contextlib.redirect_stderr(_Lines(log)):
        yield


class _Lines(io.TextIOBase):
    def __init__(self, log: Log) -> None:
        self._log = log

    def write(self, text: str) -> int:
        # `print` gives the text and its end one by one.
        if text.strip():
            self._log.take("info", text.rstrip("\n"))
        return len(text)
