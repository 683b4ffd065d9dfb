"""The engine saves its state while the program asks for it; a torn read is asked again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from phoenix_providers.errors import ProductError
from phoenix_providers.program.recorded import recorded_names

TORN = Exception("readStackResourceOutputs returned an error: failed to load checkpoint: EOF")
NAMES = {"outputs": {"urn:pulumi:prod::phoenix::a:b:C::hosts@pve": {}}}


class Clock:
    """Counts what it was asked to wait."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the engine says, the last of it for ever."""
    said: list[Any] = []

    def invoke(_name: str, _arguments: Any) -> Any:
        answer = said.pop(0) if len(said) > 1 else said[0]
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(value=answer)

    monkeypatch.setattr(pulumi.runtime, "invoke", invoke)
    for name in ("organization", "project", "stack"):
        monkeypatch.setattr(pulumi, f"get_{name}", lambda name=name: name)
    return said


def test_a_torn_read_is_asked_again(answers: list[Any]) -> None:
    answers += [TORN, TORN, NAMES]
    assert recorded_names(Clock()) == {"hosts@pve"}


def test_a_state_that_stays_unreadable_is_explained(answers: list[Any]) -> None:
    answers.append(TORN)
    clock = Clock()
    with pytest.raises(ProductError, match="could not read the state"):
        recorded_names(clock)
    assert clock.seconds < 15


def test_another_error_is_not_swallowed(answers: list[Any]) -> None:
    answers.append(Exception("passphrase must be set"))
    with pytest.raises(Exception, match="passphrase"):
        recorded_names(Clock())
