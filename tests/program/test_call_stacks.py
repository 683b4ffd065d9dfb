"""What the state does not need: the places in the program from which each resource was declared."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from phoenix_providers.program import call_stacks
from phoenix_providers.program.call_stacks import without_call_stacks


def test_no_resource_is_sent_with_a_call_stack(run_program: Callable[..., Any]) -> None:
    declared = run_program()
    assert {"inventory", "6-portainer", "grafana@113"} <= declared.parents.keys()
    assert declared.with_call_stack == []


def test_the_sdk_would_send_one(run_program: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the test before this one shows nothing."""
    monkeypatch.setattr(call_stacks, "without_call_stacks", nullcontext)
    assert "grafana@113" in run_program().with_call_stack


def fails() -> None:
    raise ValueError("anything")


def test_errors_are_shown_with_their_stack_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "tracebacklimit", raising=False)
    try:
        with without_call_stacks():
            fails()
    except ValueError:
        shown = traceback.format_exc()
    assert not hasattr(sys, "tracebacklimit")
    assert "in fails" in shown


def test_a_limit_that_was_set_before_is_set_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 7, raising=False)
    with without_call_stacks():
        assert sys.tracebacklimit == 1
    assert sys.tracebacklimit == 7
