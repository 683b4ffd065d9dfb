"""When a run believes that all it reads was found ready in front of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from phoenix_providers.operations.asked_ahead import READY_VARIABLE, as_variable, found_ready


@dataclass
class Clock:
    """A time that stands still."""

    time: float

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.mark.parametrize(
    ("later", "believed"),
    [(0, True), (29.9, True), (30.2, False), (3600, False), (-5, False)],
    ids=["at once", "soon", "somebody was asked in between", "an old variable", "another computer's clock"],
)
def test_what_was_found_counts_for_a_moment(later: float, believed: bool) -> None:
    said = {READY_VARIABLE: as_variable(Clock(1000))}
    assert found_ready(Clock(1000 + later), said) is believed


@pytest.mark.parametrize("said", ["", "asked", "true"])
def test_anything_else_is_no_time(said: str) -> None:
    assert not found_ready(Clock(1000), {READY_VARIABLE: said})
    assert not found_ready(Clock(1000), {})
