"""What the state gets of a resource, and what its provider sees all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.dynamic import DiffResult, ReadResult

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.resources.provider import Properties, differs
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

DECLARED: dict[str, Any] = {"resource": "a", "asked": ["x"], "names": ["n"], "rules": [{"port": 80}], "kept": 1}
STORED_INPUTS = {"resource": "a", "names": ["n"], "rules": '[{"port":80}]', "kept": 1}
STORED_OUTPUTS = {"resource": "a", "rules": '[{"port":80}]', "kept": 1}


class Some(StateOnlyProvider):
    """Has one of each."""

    own_id = "some"
    of_one_run = ("asked",)
    stored_once = ("names",)
    stored_as_text = ("rules",)
    seen: dict[str, Properties]

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        self.seen = {"olds": olds, "news": news}
        return DiffResult(changes=differs(olds, news, ("names", "rules", "kept")))

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        self.seen = {"news": news}
        return news


class Looking(Some):
    """Gives inputs back, whether or not anything has changed."""

    found = 1

    def read(self, id_: str, props: Properties) -> ReadResult:
        self.seen = {"props": props}
        return ReadResult(id_, props | {"kept": self.found}, {"kept": self.found})


@pytest.fixture(autouse=True)
def run() -> Iterator[None]:
    clients_of_run.use(ClientsOfRun(Settings(), Credentials.from_raw({})))
    yield
    clients_of_run.use(None)


def test_a_run_gets_what_it_is_told_and_the_state_does_not() -> None:
    provider = Some()
    inputs = provider.check({}, DECLARED).inputs
    assert inputs == STORED_INPUTS
    assert provider.create(inputs).outs == STORED_OUTPUTS
    assert provider.seen["news"] == DECLARED


def test_a_comparison_sees_the_inputs_of_the_run_before() -> None:
    provider = Some()
    same = provider.check(STORED_INPUTS, DECLARED | {"asked": ["y"]}).inputs
    assert not provider.diff("some", STORED_OUTPUTS, same).changes
    assert provider.seen["olds"] == {key: value for key, value in DECLARED.items() if key != "asked"}
    assert provider.seen["news"]["asked"] == ["y"]
    other = provider.check(STORED_INPUTS, DECLARED | {"names": ["m"]}).inputs
    assert provider.diff("some", STORED_OUTPUTS, other).changes
    assert provider.seen["olds"]["names"] == ["n"]


def test_a_refresh_compares_with_what_is_stored() -> None:
    assert not Some().diff("some", STORED_OUTPUTS, STORED_INPUTS).changes


def test_resources_of_one_provider_are_told_apart() -> None:
    provider = Some()
    first = provider.check(STORED_INPUTS, DECLARED).inputs
    provider.check({}, DECLARED | {"resource": "b", "names": ["m"], "asked": ["z"]})
    assert not provider.diff("some", STORED_OUTPUTS, first).changes
    assert provider.seen["news"]["asked"] == ["x"]


def test_what_an_older_version_has_stored_is_seen_as_it_is_and_gets_less() -> None:
    old = DECLARED | {"__provider": "p"}
    read = Some().read("some", old)
    assert (read.outs, read.inputs) == (STORED_OUTPUTS, None)


def test_a_read_gives_inputs_back_only_where_something_has_changed() -> None:
    provider = Looking()
    wired = {**STORED_OUTPUTS, "kept": 1.0, "__provider": "p"}
    read = provider.read("some", wired)
    assert (read.outs, read.inputs) == (STORED_OUTPUTS, None)
    assert provider.seen["props"]["rules"] == [{"port": 80}]
    provider.found = 2
    read = provider.read("some", wired)
    assert (read.outs, read.inputs) == (STORED_OUTPUTS | {"kept": 2}, {"kept": 2})
