"""An engine that is killed: it says nothing, and its lock stays."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from phoenix_providers.cli.engine.killed_engine import killing_signal
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_folder import StateFolder
from phoenix_providers.errors import InterruptedRunError
from phoenix_providers.models.engine_properties import EngineRecord

# Writes its event log and its lock, and dies.
_ENGINE = """
import json, os, pathlib, signal, sys
log = pathlib.Path(sys.argv[sys.argv.index("--event-log") + 1])
if os.environ["BEGINS"]:
    log.write_text(json.dumps({"preludeEvent": {}}) + "\\n")
lock = pathlib.Path(os.environ["LOCK"])
if os.environ["LOCKS"]:
    lock.parent.mkdir(parents=True)
    held = {"pid": os.getpid(), "username": "ann", "hostname": os.environ["HERE"]}
    lock.write_text(json.dumps(held))
os.kill(os.getpid(), signal.SIGKILL)
"""


class Watcher:
    def __init__(self) -> None:
        self.events: list[EngineRecord] = []

    def look(self, events: Sequence[EngineRecord]) -> None:
        self.events += events

    def stopping(self, times: int) -> None:
        raise AssertionError(times)


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: home\n")
    script = tmp_path / "engine.py"
    script.write_text(_ENGINE)
    monkeypatch.setattr(Engine, "stack_name", "prod")
    monkeypatch.setattr(Engine, "_program", staticmethod(lambda: [sys.executable, str(script)]))
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path / 'state'}")
    return StateFolder(tmp_path / "state" / ".pulumi", "home", "prod").locks / "1.json"


def run(folder: Path, lock: Path, watcher: Watcher | None, **told: str) -> tuple[Engine, int]:
    engine = Engine(folder)
    extra: Mapping[str, str] = {"LOCK": str(lock), "HERE": platform.node(), "BEGINS": "y", "LOCKS": "y", **told}
    return engine, engine.run("up", targets=["x"], extra=extra, watcher=watcher, output=folder / "log")


def test_it_is_said_that_it_was_killed_and_how_its_lock_is_released(tmp_path: Path, lock: Path) -> None:
    watcher = Watcher()
    engine, code = run(tmp_path, lock, watcher)
    assert code == InterruptedRunError.exit_code
    told = watcher.events[-1]["diagnosticEvent"]
    assert told["severity"] == "error"
    assert told["message"] == engine.messages[-1]
    assert told["message"].startswith("interrupted: The engine was killed in the middle of the run (SIGKILL)\n")
    assert f"  at:       {lock}\n" in told["message"]
    assert "the state stays locked: ann on " in told["message"]
    assert told["message"].endswith("  next:     phoenix state release   (then the same command again)")


def test_it_is_said_on_the_users_terminal_if_nobody_watches(
    tmp_path: Path, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, code = run(tmp_path, lock, None)
    assert code == InterruptedRunError.exit_code
    assert "phoenix state release" in capsys.readouterr().err


def test_without_a_lock_nothing_has_to_be_released(tmp_path: Path, lock: Path) -> None:
    watcher = Watcher()
    run(tmp_path, lock, watcher, LOCKS="")
    assert "phoenix state release" not in str(watcher.events)
    assert "the same command again" in str(watcher.events)


def test_before_it_has_begun(tmp_path: Path, lock: Path) -> None:
    with pytest.raises(InterruptedRunError, match="SIGKILL"):
        run(tmp_path, lock, Watcher(), BEGINS="")


@pytest.mark.parametrize(("code", "name"), [(-9, "SIGKILL"), (137, "SIGKILL"), (143, "SIGTERM"), (255, ""), (1, "")])
def test_how_it_ended(code: int, name: str) -> None:
    assert killing_signal(code) == name
