"""The same on a server that deploys before it answers, as up to 2.39."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine


@pytest.mark.faults
def test_first_run_second_run_and_drift(start_lab) -> None:
    rehearsal = start_lab("blocking")
    rehearsal.must_up()
    rehearsal.must_be_in_sync()
    stack = rehearsal.stack("grafana")
    rehearsal.by_hand.edit(stack.project, f"{stack.compose}\n# by hand\n")
    rehearsal.must_up()
    assert rehearsal.by_hand.file(stack.project) == stack.compose
    rehearsal.must_be_in_sync()
