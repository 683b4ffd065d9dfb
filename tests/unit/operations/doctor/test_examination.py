"""Checks run side by side, behind what they need, and nobody hangs with one that does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from phoenix_providers.clock import SystemClock
from phoenix_providers.errors import UnreachableError
from phoenix_providers.operations.doctor.examination import Check, Examination, Result
from phoenix_providers.planning.doctor.finding import Finding, ok, skipped

LONG = 30.0


@pytest.fixture
def hanging() -> Iterator[Callable[[], Finding]]:
    """A check that ends with the test."""
    over = threading.Event()

    def look() -> Finding:
        over.wait(LONG)
        return ok("too late")

    yield look
    over.set()


def failing() -> Finding:
    raise UnreachableError("Proxmox cannot be reached", next_step="nc -vz pve 8006")


class Clock:
    """Stands still until somebody lets the time be over."""

    time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def standings(checks: list[Check]) -> dict[str, tuple[str, str]]:
    return told(Examination(checks).run(SystemClock(), LONG))


def told(results: Sequence[Result]) -> dict[str, tuple[str, str]]:
    return {one.check.key: (one.finding.standing, one.finding.seen) for one in results}


def test_who_needs_what_failed_is_not_asked() -> None:
    found = standings(
        [
            Check("P", "answer", failing),
            Check("P", "disks", lambda: ok("half full"), needs=("P/answer",)),
            Check("P", "deeper", lambda: ok("never"), needs=("P/disks",)),
            Check("P", "later", lambda: ok("all the same"), after=("P/answer",)),
        ]
    )
    assert found == {
        "P/answer": ("trouble", "Proxmox cannot be reached"),
        "P/disks": ("skipped", "not asked: see answer"),
        "P/deeper": ("skipped", "not asked: see disks"),
        "P/later": ("ok", "all the same"),
    }


def test_what_was_not_asked_hinders_only_those_who_need_it() -> None:
    found = standings(
        [
            Check("P", "certificate", lambda: skipped("no connection")),
            Check("P", "answer", lambda: ok("9.0"), unless=("P/certificate",)),
            Check("P", "chain", lambda: ok("never"), needs=("P/certificate",)),
        ]
    )
    assert (found["P/answer"][0], found["P/chain"][0]) == ("ok", "skipped")


def test_all_begin_at_once() -> None:
    together = threading.Barrier(3, timeout=LONG)

    def look() -> Finding:
        together.wait()
        return ok("met")

    assert {one for one, _ in standings([Check("P", name, look) for name in "abc"]).values()} == {"ok"}


def test_one_that_hangs_holds_nobody_up(hanging: Callable[[], Finding]) -> None:
    clock = Clock()
    examination = Examination(
        [
            Check("P", "answer", hanging),
            Check("P", "disks", lambda: ok("half full"), needs=("P/answer",)),
            Check("T", "answer", lambda: ok("3.7")),
        ]
    )

    def changed() -> None:
        if "T/answer" in examination.results:
            clock.sleep(LONG)

    assert told(examination.run(clock, LONG, changed)) == {
        "P/answer": ("trouble", "no answer within 30 s"),
        "P/disks": ("skipped", "not asked: see answer"),
        "T/answer": ("ok", "3.7"),
    }


def test_a_check_that_fails_itself_is_told_without_a_traceback() -> None:
    def broken() -> Finding:
        raise KeyError("data")

    examination = Examination([Check("P", "answer", broken)])
    (result,) = examination.run(SystemClock(), LONG)
    assert (result.finding.standing, result.finding.exit_code) == ("trouble", 4)
    assert "KeyError" in result.finding.reasons[0].what


def test_it_tells_how_far_it_is() -> None:
    steps: list[tuple[int, int]] = []
    examination = Examination([Check("P", "a", lambda: ok("1")), Check("P", "b", lambda: ok("2"), needs=("P/a",))])
    examination.run(SystemClock(), LONG, lambda: steps.append((len(examination.results), len(examination.running))))
    assert steps[0] == (0, 1)
    assert steps[-1] == (2, 0)
