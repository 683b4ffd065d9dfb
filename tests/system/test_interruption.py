"""Killed anywhere, at any time: the next run converges."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from phoenix_providers.cli.engine.run_folder import RunFolder

pytestmark = pytest.mark.engine

# A first run with all that comes before its stacks, on a busy machine.
_SECONDS = 180
_VMS = (111, 112, 113)
_QUICK, _SLOW = 0.2, 1.5


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def session_of(leader: int) -> list[int]:
    """Return the processes of a session: the command, the engine, its language host and its providers."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def kill_all(leader: int) -> list[int]:
    """Kill what is left of a session, and return what that was; some end by themselves once others are gone."""
    left = session_of(leader)
    for number in left:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    return left


@contextmanager
def running(rehearsal) -> Iterator[subprocess.Popen]:
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
            yield process
        finally:
            wait_for(lambda: not kill_all(process.pid))


def wait_for_write(rehearsal, before: int, verb: str, path: str) -> None:
    """Wait until Portainer's log shows a write; others of the lab are no matter."""
    log = Path(rehearsal.lab.request_log)

    def seen() -> bool:
        text = log.read_bytes()[before:].decode(errors="replace") if log.exists() else ""
        return any(f'"{verb}"' in line and path in line for line in text.splitlines())

    wait_for(seen)


def size_of(rehearsal) -> int:
    log = Path(rehearsal.lab.request_log)
    return log.stat().st_size if log.exists() else 0


def killed(rehearsal, verb: str, path: str) -> None:
    """Kill the engine and its providers, each of them, in the middle of a write to Portainer."""
    for vmid in _VMS:
        rehearsal.by_hand.slow_down(vmid, _SLOW)
    before = size_of(rehearsal)
    with running(rehearsal) as process:
        wait_for_write(rehearsal, before, verb, path)
        assert len(session_of(process.pid)) > 2
    for vmid in _VMS:
        rehearsal.by_hand.slow_down(vmid, _QUICK)
    # The engine writes these in place: killed in that moment, it could never read its state again.
    assert not list((rehearsal.home.folder / "state").rglob("*.attrs"))
    # The engine's lock is all that is left to be cleared by hand.
    assert rehearsal.pulumi("cancel", "--yes").code == 0


def assert_nothing_is_there_twice(rehearsal) -> None:
    names = rehearsal.by_hand.stack_names()
    assert len(names) == len(set(names)) == 8
    environments = rehearsal.by_hand.environment_names()
    assert len(environments) == len(set(environments)) == len(_VMS) + 1


@pytest.mark.faults
@pytest.mark.parametrize(
    ("signals", "told"),
    [
        pytest.param((signal.SIGINT,), "Stopping: what is under way is finished first.", id="Ctrl-C"),
        pytest.param((signal.SIGTERM,), "Stopping: what is under way is finished first.", id="told to end"),
        pytest.param((signal.SIGINT, signal.SIGINT), "Cancelling what is under way.", id="Ctrl-C twice"),
    ],
)
def test_stopped_in_the_first_run(start_lab, signals: Sequence[signal.Signals], told: str) -> None:
    rehearsal = start_lab()
    if len(signals) > 1:
        for vmid in _VMS:
            rehearsal.by_hand.slow_down(vmid, _SLOW)
    before = size_of(rehearsal)
    with running(rehearsal) as process:
        wait_for_write(rehearsal, before, "POST", "stacks/create")
        lines = []
        for number, one in enumerate(signals):
            # As a terminal does it: to all that are in its foreground.
            os.killpg(process.pid, one)
            while number + 1 < len(signals) and not any("Stopping:" in line for line in lines):
                lines.append(process.stdout.readline())
        output, _ = process.communicate(timeout=_SECONDS)
    output = "".join(lines) + output
    assert process.returncode == 8, output
    assert "Traceback" not in output
    assert told in output
    assert "Stopped after " in output
    assert output.splitlines()[-1].split(maxsplit=1) == ["next:", "phoenix sync all --yes"]
    record = RunFolder(next((rehearsal.home.folder / "runs").glob("phoenix/*/*"))).last()
    assert (record.exit_code, record.command) == (8, "phoenix sync all --yes")
    assert "environment@111" in [step.name for step in record.steps if step.ended]
    for vmid in _VMS:
        rehearsal.by_hand.slow_down(vmid, _QUICK)
    rehearsal.must_up()
    rehearsal.must_be_in_sync()
    assert_nothing_is_there_twice(rehearsal)


@pytest.mark.parametrize("style", ["async", pytest.param("blocking", marks=pytest.mark.faults)])
def test_killed_while_stacks_are_created_and_while_they_are_updated(start_lab, style: str) -> None:
    rehearsal = start_lab(style, {"settle": "0"})
    killed(rehearsal, "POST", "stacks/create")
    rehearsal.must_up()
    assert_nothing_is_there_twice(rehearsal)

    for name in ("grafana", "homepage"):
        file = rehearsal.config / "stacks" / name / "docker-compose.yml"
        file.write_text(file.read_text().replace("    restart: ", "    labels: [changed=yes]\n    restart: ", 1))
    untouched = rehearsal.stack("miniflux").project
    before = rehearsal.by_hand.container_ids()
    killed(rehearsal, "PUT", "/api/stacks/")
    rehearsal.must_up()
    assert_nothing_is_there_twice(rehearsal)
    for name in ("grafana", "homepage"):
        project = rehearsal.stack(name).project
        assert "changed=yes" in rehearsal.by_hand.file(project)
        assert [labels.get("changed") for labels in rehearsal.by_hand.labels(project)] == ["yes"]
    assert len(rehearsal.by_hand.labels(untouched)) == 2
    assert len(set(before) - set(rehearsal.by_hand.container_ids())) == 2
    rehearsal.must_be_in_sync()
