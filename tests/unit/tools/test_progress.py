"""The line of a long phase: ticking on a terminal, plain elsewhere."""

from __future__ import annotations

import io

import pytest

from tools import messages
from tools.messages import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(messages, "time", clock)
    return clock


def test_plain_lines_are_rare(clock: Clock) -> None:
    out = io.StringIO()
    with Progress("building", out) as progress:
        for second in range(1, 71):
            clock.now = 1000 + second
            progress.tick(f"{second} of 99 packages")

    assert out.getvalue().splitlines() == [
        "set-up: building ...",
        "set-up: building: 0 min 30 s, 30 of 99 packages",
        "set-up: building: 1 min 00 s, 60 of 99 packages",
        "set-up: building: done after 1 min 10 s",
    ]


def test_a_terminal_gets_one_line_that_is_written_over(clock: Clock) -> None:
    out = Terminal()
    with Progress("building", out) as progress:
        for second in (1, 2):
            clock.now = 1000 + second
            progress.tick(f"{second} of 9")

    shown = out.getvalue()
    assert shown.count("\n") == 1
    assert [part.rstrip() for part in shown.split("\r")[1:]] == [
        "set-up: building: 0 min 01 s, 1 of 9",
        "set-up: building: 0 min 02 s, 2 of 9",
        "set-up: building: done after 0 min 02 s",
    ]


def test_a_phase_that_fails_is_not_called_done(clock: Clock) -> None:
    out = io.StringIO()
    with pytest.raises(ValueError, match="x"), Progress("building", out):
        raise ValueError("x")

    assert out.getvalue().splitlines()[-1] == "set-up: building: stopped after 0 min 00 s"
