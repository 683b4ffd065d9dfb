"""A lock is proven stale by host and process, or it stays."""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_folder import StateFolder
from phoenix_providers.cli.engine.state_lock import held_state, lock_holder, locks_in
from phoenix_providers.cli.state import state
from phoenix_providers.errors import NotReadyError, UnsafeError, UsageError
from phoenix_providers.planning.site.state_lock import SeenProcess, StateLock, standing

HERE = "desk"
SINCE = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LOCK = StateLock("/state/a.json", 4711, "ann", HERE, SINCE)


@pytest.mark.parametrize(
    ("lock", "process", "kind"),
    [
        (LOCK, None, "stale"),
        (LOCK, SeenProcess("bash", SINCE.timestamp() - 9), "stale"),
        (LOCK, SeenProcess("pulumi", SINCE.timestamp() + 60), "stale"),
        (LOCK, SeenProcess("pulumi", SINCE.timestamp() - 1), "alive"),
        # Both clocks round.
        (LOCK, SeenProcess("pulumi", SINCE.timestamp() + 1), "alive"),
        (StateLock("/state/a.json", 4711, "ann", "server", SINCE), None, "unknown"),
        (StateLock("/state/a.json"), None, "unknown"),
        (StateLock("/state/a.json", 4711, "ann", HERE), SeenProcess("pulumi", 1.0), "alive"),
    ],
)
def test_whether_its_run_is_over(lock: StateLock, process: SeenProcess | None, kind: str) -> None:
    assert standing(lock, HERE, process).kind == kind


def test_what_the_engine_writes_is_read() -> None:
    written = {"pid": 7, "username": "ann", "hostname": "desk", "timestamp": "2026-05-01T12:00:00.123456789Z"}
    lock = StateLock.from_file("/state/a.json", written)
    assert (lock.pid, lock.user, lock.host) == (7, "ann", "desk")
    assert lock.since is not None
    assert lock.since - SINCE < timedelta(seconds=1)
    assert StateLock.from_file("/state/a.json", {"pid": "x", "timestamp": "soon"}) == StateLock("/state/a.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StateFolder:
    (tmp_path / "Pulumi.yaml").write_text("name: home\n")
    monkeypatch.setattr(Engine, "stack_name", "prod")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path / 'state'}")
    monkeypatch.chdir(tmp_path)
    return StateFolder(tmp_path / "state" / ".pulumi", "home", "prod")


def lock(folder: StateFolder, name: str, pid: int, host: str = "") -> Path:
    file = folder.locks / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    since = datetime.now(UTC).isoformat()
    file.write_text(
        json.dumps({"pid": pid, "username": "ann", "hostname": host or platform.node(), "timestamp": since})
    )
    return file


def gone_process() -> int:
    """Return the number of a process that has ended."""
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    os.waitpid(pid, 0)
    return pid


def test_a_stale_lock_is_released_once_and_others_stay(folder: StateFolder) -> None:
    other = lock(StateFolder(folder.root, "home", "test"), "b", gone_process())
    stale = lock(folder, "a", gone_process())
    told = CliRunner().invoke(state, ["release"], catch_exceptions=False)
    assert told.exit_code == 0
    assert "ann" in told.output
    assert not stale.exists()
    assert other.exists()
    again = CliRunner().invoke(state, ["release"], catch_exceptions=False)
    assert (again.exit_code, again.output) == (0, "Nobody holds the state.\n")


def test_one_of_another_computer_stays_until_somebody_answers_for_it(folder: StateFolder) -> None:
    file = lock(folder, "a", 1, "server")
    with pytest.raises(UnsafeError, match="ssh server ps -fp 1") as refused:
        CliRunner().invoke(state, ["release"], catch_exceptions=False)
    assert "--force" in str(refused.value)
    assert file.exists()
    assert CliRunner().invoke(state, ["release", "--force"], catch_exceptions=False).exit_code == 0
    assert not file.exists()


def test_one_of_a_run_that_goes_on_is_never_released(folder: StateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    file = lock(folder, "a", os.getpid())
    seen = SeenProcess("pulumi", 1.0)
    monkeypatch.setattr("phoenix_providers.cli.engine.state_lock._process", lambda _pid: seen)
    with pytest.raises(UnsafeError, match="kill -INT"):
        CliRunner().invoke(state, ["release", "--force"], catch_exceptions=False)
    assert file.exists()


def test_a_file_that_nobody_can_read_is_no_proof(folder: StateFolder) -> None:
    file = lock(folder, "a", 1)
    file.write_text("{")
    assert [one.kind for one in locks_in(folder)] == ["unknown"]


def test_a_run_that_meets_a_lock_says_who_holds_it(folder: StateFolder, tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    assert lock_holder(engine) is None
    assert held_state(engine) is None
    lock(folder, "a", gone_process())
    error = held_state(engine)
    assert isinstance(error, NotReadyError)
    assert "phoenix state release" in str(error)


def test_where_the_state_is_in_no_folder_the_engine_is_asked(
    folder: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    with pytest.raises(UsageError, match="pulumi cancel"):
        CliRunner().invoke(state, ["release"], catch_exceptions=False)
