"""A run is remembered from its beginning, so that one that was killed shows as such."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.run_folder import RunFolder
from phoenix_providers.cli.engine.watched_process import Watcher
from phoenix_providers.cli.run_progress.progress import Progress
from phoenix_providers.cli.screens.console import console
from phoenix_providers.cli.sync_run.followed_run import FollowedRun, RunRequest, run_followed
from phoenix_providers.errors import NotReadyError
from tests.unit.cli.run_progress.made_events import done, event, stack_urn

GRAFANA = stack_urn("grafana@113")


class Seen:
    def __init__(self) -> None:
        self.shown: list[tuple[bool, int]] = []
        self.is_closed = False

    def show(self, progress: Progress, stopping: int) -> None:
        self.shown.append((progress.is_over, stopping))

    def close(self) -> None:
        self.is_closed = True


def test_its_record_follows_it(tmp_path: Path) -> None:
    now, folder, screen = [100.0], RunFolder(tmp_path / "runs"), Seen()
    followed = FollowedRun(
        folder, Progress.beginning(100.0), "phoenix sync all", Path("/e.log"), screen, lambda: now[0]
    )
    begun = folder.last()
    assert begun is not None
    assert (begun.command, begun.started, begun.ended, begun.exit_code) == ("phoenix sync all", 100.0, None, None)

    now[0] = 102.0
    followed.look([event("began", "update", GRAFANA)])
    running = folder.last()
    assert running is not None
    assert [(step.name, step.ended) for step in running.steps] == [("grafana@113", None)]

    # Not for every event, or a big site would write all the time.
    now[0] = 102.5
    followed.look([event("ended", "update", GRAFANA)])
    assert folder.last() == running

    followed.stopping(1)
    now[0] = 103.0
    followed.close()
    followed.keep(8)
    ended = folder.last()
    assert ended is not None
    assert (ended.ended, ended.exit_code, ended.steps[0].ended) == (103.0, 8, 102.5)
    assert screen.shown == [(False, 0), (False, 0), (False, 1), (True, 1)]
    assert screen.is_closed


class Gone(Seen):
    def show(self, progress: Progress, stopping: int) -> None:
        raise BrokenPipeError


def test_a_reader_that_goes_away_ends_no_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    followed = FollowedRun(folder, Progress.beginning(1.0), "phoenix sync all", Path("/e.log"), Gone(), lambda: 9.0)
    followed.look(done("update", GRAFANA))
    followed.stopping(1)
    followed.close()
    record = folder.last()
    assert record is not None
    assert len(record.steps) == 1


@pytest.mark.parametrize(("code", "stopped", "expected"), [(0, 0, 0), (4, 0, 4), (8, 1, 8), (4, 2, 8), (0, 1, 0)])
def test_a_run_that_was_cancelled_has_not_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, stopped: int, expected: int
) -> None:
    engine, folder = Engine(tmp_path), RunFolder(tmp_path)
    monkeypatch.setattr(RunFolder, "of", lambda _engine: folder)

    def run(verb: str, arguments: Sequence[str], *, watcher: Watcher, output: Path, **others: Any) -> int:
        assert (verb, list(arguments)) == ("up", ["--short", "--yes", "--skip-preview"])
        assert others == {"targets": (), "extra": None}
        assert output.is_file()
        for times in range(stopped):
            watcher.stopping(times + 1)
        return code

    monkeypatch.setattr(engine, "run", run)
    ran = run_followed(engine, RunRequest(["--short"]), console(file=io.StringIO()))
    assert (ran.code, ran.stopped) == (expected, stopped)
    record = folder.last()
    assert record is not None
    assert (record.exit_code, record.engine_log) == (expected, str(ran.log))


def test_one_that_cannot_start_is_remembered_with_its_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    engine, folder = Engine(tmp_path), RunFolder(tmp_path)
    monkeypatch.setattr(RunFolder, "of", lambda _engine: folder)

    def run(*_: object, **__: object) -> int:
        raise NotReadyError("nothing answers", ())

    monkeypatch.setattr(engine, "run", run)
    with pytest.raises(NotReadyError):
        run_followed(engine, RunRequest(), console(file=io.StringIO()))
    record = folder.last()
    assert record is not None
    assert record.exit_code == 3


def test_a_record_that_cannot_be_kept_stops_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "runs").write_text("a file")
    followed = FollowedRun(
        RunFolder(tmp_path / "runs"), Progress.beginning(1.0), "phoenix sync all", Path("/e.log"), Seen(), lambda: 9.0
    )
    followed.look(done("update", GRAFANA))
    followed.keep(0)
    assert capsys.readouterr().err.count("warning: the run is not remembered") == 1
