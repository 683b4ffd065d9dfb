"""One stack never harms another, whatever happens in whatever order."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import run_state_machine_as_test

from .sequences import Sequences

SEQUENCES = int(os.environ.get("PHOENIX_MACHINE_SEQUENCES", "30"))
STEPS = int(os.environ.get("PHOENIX_MACHINE_STEPS", "12"))
FIRST_SEED = int(os.environ.get("PHOENIX_MACHINE_SEED", "1"))
SHRINK = os.environ.get("PHOENIX_MACHINE_SHRINK") == "1"
_AT_ONCE = 10


# Who is killed leaves connections open.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", range(FIRST_SEED, FIRST_SEED + -(-SEQUENCES // _AT_ONCE)))
def test_promises_hold_in_random_sequences(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Or numbers are drawn from whatever modules happen to be loaded, and one seed is not one sequence.
    monkeypatch.setattr(HypothesisProvider, "_maybe_draw_constant", lambda *_arguments, **_more: None)
    machine = type(f"Sequences{number}", (Sequences,), {})
    run_state_machine_as_test(
        seed(number)(machine),
        settings=settings(
            max_examples=min(_AT_ONCE, SEQUENCES - (number - FIRST_SEED) * _AT_ONCE),
            stateful_step_count=STEPS,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink] if SHRINK else [Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
