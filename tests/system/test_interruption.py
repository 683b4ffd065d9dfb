"""Killed anywhere, at any time: the next run converges."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

_SECONDS = 60


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def interrupt_first_run(rehearsal, number: signal.Signals) -> tuple[int, str]:
    """Send a signal to the whole process group, as a terminal does, while stacks are being created."""
    log = Path(rehearsal.lab.request_log)
    with subprocess.Popen(
        [rehearsal.bin / "phoenix", "sync", "all", "--yes"],
        cwd=rehearsal.home.site,
        env={**os.environ, **rehearsal.home.environment()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    ) as process:
        try:
            wait_for(lambda: log.exists() and "stacks/create" in log.read_text())
        finally:
            os.killpg(process.pid, number)
        output, _ = process.communicate(timeout=_SECONDS)
    return process.returncode, output


def assert_converges(rehearsal) -> None:
    rehearsal.must_up()
    rehearsal.must_be_in_sync()
    names = rehearsal.by_hand.stack_names()
    assert len(names) == len(set(names)) == 8


def test_ctrl_c_in_the_first_run(start_lab) -> None:
    rehearsal = start_lab()
    code, output = interrupt_first_run(rehearsal, signal.SIGINT)
    assert code == 8, output
    assert "Traceback" not in output
    assert_converges(rehearsal)


def test_killed_in_the_first_run(start_lab) -> None:
    rehearsal = start_lab()
    interrupt_first_run(rehearsal, signal.SIGKILL)
    # The engine's lock is all that is left to be cleared by hand.
    assert rehearsal.pulumi("cancel", "--yes").code == 0
    assert_converges(rehearsal)
