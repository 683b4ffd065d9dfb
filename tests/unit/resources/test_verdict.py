"""When a run fails, and when it only warns."""

from __future__ import annotations

import pytest

from phoenix_providers.resources.meant import MEANT_VARIABLE
from phoenix_providers.resources.verdict import VerdictProvider

WELL = {"declared": ["a@1", "b@2"], "blocked": {}, "failures": {"a@1": "", "b@2": ""}}
SICK = {"declared": ["a@1", "b@2"], "blocked": {}, "failures": {"a@1": "service web: exited (1)", "b@2": ""}}
BLOCKED = {"declared": ["a@1", "b@2"], "blocked": {"b@2": "no compose file"}, "failures": {"a@1": "", "b@2": ""}}

AWAY = {"declared": ["a@1"], "blocked": {}, "failures": {"a@1": "not reachable: the agent is down"}}


def test_a_site_as_declared_passes_and_stays_unchanged() -> None:
    provider = VerdictProvider()
    outs = provider.create(dict(WELL)).outs
    assert provider.diff("verdict", dict(outs or {}), dict(WELL)).changes is False


@pytest.mark.parametrize(
    ("inputs", "label", "words"),
    [
        (SICK, "not as declared", "a@1: service web: exited"),
        (BLOCKED, "configuration", "b@2: no compose file"),
        (AWAY, "not ready", "a@1: not reachable: the agent is down"),
    ],
)
def test_what_failed_or_is_blocked_fails_the_run(inputs: dict[str, object], label: str, words: str) -> None:
    with pytest.raises(Exception, match=words) as caught:
        VerdictProvider().create(dict(inputs))
    assert type(caught.value).__name__ == label


def test_a_run_that_removes_something_only_warns_and_the_next_one_raises(capsys: pytest.CaptureFixture[str]) -> None:
    provider = VerdictProvider()
    before = {**WELL, "declared": ["a@1", "b@2", "c@3"]}
    outs = provider.update("verdict", before, dict(SICK)).outs or {}
    assert "a@1: service web: exited" in capsys.readouterr().err
    assert provider.diff("verdict", dict(outs), dict(SICK)).changes is True
    with pytest.raises(Exception, match="a@1"):
        provider.update("verdict", dict(outs), dict(SICK))


@pytest.mark.parametrize("others", [SICK, {**BLOCKED, "blocked": {"a@1": "no compose file"}}])
def test_a_run_for_one_stack_fails_for_no_other_and_the_next_full_one_does(
    others: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = VerdictProvider()
    monkeypatch.setenv(MEANT_VARIABLE, "b@2 traefik-stacks verdict")
    outs = provider.update("verdict", dict(WELL), dict(others)).outs or {}
    monkeypatch.delenv(MEANT_VARIABLE)
    assert provider.diff("verdict", dict(outs), dict(others)).changes is True
    with pytest.raises(Exception, match="a@1"):
        provider.update("verdict", dict(outs), dict(others))


def test_a_run_for_one_stack_fails_for_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEANT_VARIABLE, "a@1 traefik-stacks verdict")
    with pytest.raises(Exception, match=r"^1 of 1 is not as declared"):
        VerdictProvider().create(dict(SICK))
