"""The engine saves its state while the program asks for it; a torn read is asked again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from phoenix_providers.errors import ProductError
from phoenix_providers.program.recorded import recorded

TORN = Exception("readStackResourceOutputs returned an error: failed to load checkpoint: EOF")
HOSTS = {"entry": [{"address": "10.0.0.12", "hostnames": ["a.home.lan", "b.home.lan"]}]}
URN = "urn:pulumi:prod::phoenix::a:b:C::"
CONFIRMED = {"change": "1a2b"}


def state(**outputs: Any) -> dict[str, Any]:
    """The engine's answer: below each resource its type and its outputs."""
    named = {"hosts@pve" if name == "hosts" else name.replace("_", "-"): value for name, value in outputs.items()}
    return {"outputs": {URN + name: {"type": "a:b:C", "outputs": value} for name, value in named.items()}}


STATE = state(hosts=HOSTS, x=None, firewall_confirm=CONFIRMED)


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
    answers += [TORN, TORN, STATE]
    assert recorded("pve", Clock()).names == {"hosts@pve", "x", "firewall-confirm"}


def test_published_names_are_read_from_the_state(answers: list[Any]) -> None:
    answers.append(STATE)
    assert recorded("pve", Clock()).hosts == {"a.home.lan": "10.0.0.12", "b.home.lan": "10.0.0.12"}
    assert recorded("other", Clock()).hosts == {}


def test_the_last_confirmed_change_is_read_from_the_state(answers: list[Any]) -> None:
    answers.append(STATE)
    assert recorded("pve", Clock()).confirmed_change == "1a2b"


def test_findings_about_rules_that_waited_are_read_from_the_state(answers: list[Any]) -> None:
    answers.append(state(hosts={}, firewall_check={"later": [{"found": "1a2b", "position": 3.0}]}))
    assert recorded("pve", Clock()).waited == {"1a2b"}


def test_hosts_that_do_not_tell_their_lines_are_unknown_not_empty(answers: list[Any]) -> None:
    answers.append(state(hosts={}))
    assert recorded("pve", Clock()).hosts is None


def test_a_state_that_stays_unreadable_is_explained(answers: list[Any]) -> None:
    answers.append(TORN)
    clock = Clock()
    with pytest.raises(ProductError, match="could not read the state"):
        recorded("pve", clock)
    assert clock.seconds < 15


def test_another_error_is_not_swallowed(answers: list[Any]) -> None:
    answers.append(Exception("passphrase must be set"))
    with pytest.raises(Exception, match="passphrase"):
        recorded("pve", Clock())


def test_one_that_the_firewall_keeps_out_has_not_taken_any_place_yet(answers: list[Any]) -> None:
    outputs = {"last_good": {"compose": "x"}, "failure": "old@111 stays as it is", "kept_out": True, "stack_id": 7}
    stacks = {"a@112": outputs, "b@112": {**outputs, "kept_out": None}}
    answers.append(
        {"outputs": {URN + name: {"type": "x:y:PortainerStack", "outputs": said} for name, said in stacks.items()}}
    )
    assert {name: one.proven for name, one in recorded("pve", Clock()).stacks.items()} == {
        "a@112": False,
        "b@112": True,
    }
