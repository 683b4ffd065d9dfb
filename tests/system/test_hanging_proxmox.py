"""A Proxmox that takes connections and never answers: the plugin has no time limit, so the run needs one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.faults]

# readinessTimeout and four times requestTimeout
BOUND = "24 s"
_SECONDS = 120


@pytest.fixture(scope="module")
def hasty(rehearsal: Any) -> Any:
    for name, seconds in (("readinessTimeout", "8"), ("requestTimeout", "4")):
        rehearsal.pulumi("config", "set", f"phoenix:{name}", seconds)
    return rehearsal


@pytest.fixture
def freeze(hasty: Any) -> Iterator[Callable[[], None]]:
    """Return what makes the lab hang; it goes on after the test."""
    yield lambda: os.kill(hasty.lab.pid, signal.SIGSTOP)
    os.kill(hasty.lab.pid, signal.SIGCONT)


def run_until(rehearsal: Any, sign: str, then: Callable[[], None], *command: str, **environment: str) -> Any:
    """Run a command and act as soon as the lab was asked for something."""
    log = Path(rehearsal.lab.request_log)
    before = log.stat().st_size
    with subprocess.Popen(
        [rehearsal.bin / command[0], *command[1:]],
        cwd=rehearsal.home.site,
        env={**os.environ, **rehearsal.home.environment(), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        deadline = time.monotonic() + _SECONDS
        while sign not in log.read_bytes()[before:].decode():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        then()
        output, _ = process.communicate(timeout=_SECONDS)
    return process.returncode, output


def test_it_hangs_in_the_middle_of_a_run(hasty: Any, freeze: Callable[[], None]) -> None:
    code, output = run_until(hasty, "/firewall/rules/0", freeze, "phoenix", "sync", "all", "--yes")
    assert code == 6, output
    assert f"Proxmox has not answered for {BOUND}" in output
    assert "run the same command again" in output
    assert "Traceback" not in output


def test_it_hangs_before_a_plain_refresh_asks(hasty: Any, freeze: Callable[[], None]) -> None:
    """Where nobody has asked before the engine starts, nothing stands in front of the plugin's reads."""
    code, output = run_until(hasty, "", freeze, "pulumi", "refresh", "--yes", "--skip-preview", PHOENIX_READY="true")
    assert code != 0, output
    assert f"Proxmox has not answered for {BOUND}" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("command", ["pulumi up --yes --skip-preview", "phoenix sync all --yes"])
def test_it_hangs_before_the_engine_starts(hasty: Any, freeze: Callable[[], None], command: str) -> None:
    """Nothing of the engine, and of the plugin, is to be seen: neither starts."""
    freeze()
    program, *arguments = command.split()
    done = getattr(hasty, program)(*arguments)
    assert done.code == 3, done.output
    assert done.output.count("not ready: ") == 1
    assert done.output.count("Proxmox cannot be reached\n") == 1
    for word in ("Updating", "Previewing", "proxmoxve:", "Diagnostics", "Traceback"):
        assert word not in done.output


def test_the_next_run_goes_on(hasty: Any) -> None:
    hasty.must_up()
    hasty.must_be_in_sync()
