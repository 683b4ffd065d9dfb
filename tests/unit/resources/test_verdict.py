"""When a run fails, and when it only warns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.run_scope import MEANT_VARIABLE
from phoenix_providers.resources.last_word import LastWordProvider
from phoenix_providers.resources.verdict import VerdictProvider

WELL = {"declared": ["a@1", "b@2"], "blocked": {}, "failures": {"a@1": "", "b@2": ""}}
SICK = {"declared": ["a@1", "b@2"], "blocked": {}, "failures": {"a@1": "service web: exited (1)", "b@2": ""}}
BLOCKED = {"declared": ["a@1", "b@2"], "blocked": {"b@2": "no compose file"}, "failures": {"a@1": "", "b@2": ""}}

AWAY = {"declared": ["a@1"], "blocked": {}, "failures": {"a@1": "not reachable: the agent is down"}}

REFUSED = {
    "declared": ["a@1"],
    "blocked": {},
    "failures": {"a@1": "exited (1)\nconfiguration: Traefik would not take it"},
}
REVERTED = {"declared": ["a@1"], "blocked": {}, "failures": {"a@1": "reverted: Traefik did not take its routes"}}
SEVERAL = {"declared": ["a@1"], "blocked": {}, "failures": {**REVERTED["failures"], "b@2": "exited (1)"}}


@pytest.fixture
def current() -> Iterator[ClientsOfRun]:
    made = ClientsOfRun(Settings(), Credentials.from_raw({}))
    clients_of_run.use(made)
    yield made
    clients_of_run.use(None)


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
        (REFUSED, "configuration", "Traefik would not take it"),
        (REVERTED, "reverted", "a@1: reverted: Traefik did not take its routes"),
        (SEVERAL, "not as declared", "a@1: reverted: Traefik did not take its routes"),
    ],
)
def test_what_failed_or_is_blocked_fails_the_run(inputs: dict[str, object], label: str, words: str) -> None:
    with pytest.raises(Exception, match=words) as caught:
        VerdictProvider().create(dict(inputs))
    assert type(caught.value).__name__ == label


REMOVING = {**SICK, "leaving": ["firewall@104", "c@3"], "last_word": "last-word-1"}


def test_a_run_that_removes_something_raises_behind_the_removals(current: ClientsOfRun) -> None:
    current.notes.whole_run = True
    provider, last_word = VerdictProvider(), LastWordProvider()
    outs = provider.update("verdict", dict(WELL), dict(REMOVING)).outs or {}
    with pytest.raises(Exception, match="a@1: service web: exited") as caught:
        last_word.delete("last-word", {})
    assert type(caught.value).__name__ == "not as declared"
    # Said once; and the next run, which removes nothing, looks again and raises by itself.
    last_word.delete("last-word", {})
    assert provider.diff("verdict", dict(outs), dict(SICK)).changes is True
    with pytest.raises(Exception, match="a@1"):
        provider.update("verdict", dict(outs), dict(SICK))


def test_a_removal_of_a_well_site_says_nothing(current: ClientsOfRun) -> None:
    current.notes.whole_run = True
    VerdictProvider().update("verdict", dict(WELL), {**REMOVING, **WELL})
    LastWordProvider().delete("last-word", {})


@pytest.mark.parametrize(("whole", "inputs"), [(False, REMOVING), (True, {**REMOVING, "last_word": ""})])
def test_where_nothing_is_deleted_behind_it_the_verdict_raises(
    current: ClientsOfRun, whole: bool, inputs: dict[str, object]
) -> None:
    current.notes.whole_run = whole
    with pytest.raises(Exception, match="a@1"):
        VerdictProvider().update("verdict", dict(WELL), dict(inputs))


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
