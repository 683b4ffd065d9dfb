"""What stops `phoenix` stops the engine once, in the engine's own order."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from phoenix_providers.cli.engine.watched_process import run_watched
from phoenix_providers.models.engine_properties import EngineRecord

# Says that it runs, counts how often it is stopped, and ends when that is often enough.
_ENGINE = """
import json, signal, sys
stops = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
signal.pthread_sigmask(signal.SIG_BLOCK, stops)
events = open(sys.argv[1], "a", buffering=1)
print("what the engine prints", flush=True)
print("and complains of", file=sys.stderr)
print(json.dumps({"runs": True, "asks": sys.stdin.read()}), file=events)
for count in range(int(sys.argv[2])):
    signal.sigwait(stops)
    print(json.dumps({"stopped": count + 1}), file=events)
sys.exit(7)
"""


@pytest.fixture(autouse=True)
def _as_on_a_terminal() -> Iterator[None]:
    """Mind all signals: whoever runs these tests in the background may have them ignored."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Stopping:
    """Sends a signal to this process when the engine runs, and again when the engine has got the one before."""

    def __init__(self, *signals: signal.Signals) -> None:
        self.events: list[EngineRecord] = []
        self.told: list[int] = []
        self._signals = list(signals)

    def look(self, events: Sequence[EngineRecord]) -> None:
        self.events += events
        if events and self._signals:
            os.kill(os.getpid(), self._signals.pop(0))

    def stopping(self, times: int) -> None:
        self.told.append(times)


@pytest.mark.parametrize(
    "signals",
    [(), (signal.SIGINT,), (signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGINT, signal.SIGTERM, signal.SIGINT)],
)
def test_it_is_stopped_as_often_as_somebody_says(tmp_path: Path, signals: Sequence[signal.Signals]) -> None:
    events, output, watcher = tmp_path / "events.jsonl", tmp_path / "output.log", Stopping(*signals)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    command = [sys.executable, "-c", _ENGINE, str(events), str(len(signals))]

    code = run_watched(command, tmp_path, dict(os.environ), events=events, output=output, watcher=watcher)

    assert code == 7
    assert watcher.events == [{"runs": True, "asks": ""}, *({"stopped": n + 1} for n in range(len(signals)))]
    assert watcher.told == [n + 1 for n in range(len(signals))]
    assert set(output.read_text().splitlines()) == {"what the engine prints", "and complains of"}
    assert {number: signal.getsignal(number) for number in before} == before


def test_the_terminals_signals_do_not_reach_it(tmp_path: Path) -> None:
    code = "import os; print(os.getpgid(0) == os.getpid(), os.getsid(0))"
    output = tmp_path / "output.log"
    run_watched(
        [sys.executable, "-c", code],
        tmp_path,
        dict(os.environ),
        events=tmp_path / "none",
        output=output,
        watcher=Stopping(),
    )
    # A group of its own, but in this session: whoever ends that ends the engine as well.
    assert output.read_text().split() == ["True", str(os.getsid(0))]


def test_what_nohup_ignores_stays_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        watcher = Stopping(signal.SIGHUP)
        command = [sys.executable, "-c", _ENGINE, str(tmp_path / "events"), "0"]
        run_watched(
            command,
            tmp_path,
            dict(os.environ),
            events=tmp_path / "events",
            output=tmp_path / "output",
            watcher=watcher,
        )
    finally:
        signal.signal(signal.SIGHUP, before)
    assert watcher.told == []
