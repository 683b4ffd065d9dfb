"""A run on a terminal shows first what it would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.engine.look_first import Shown, finds_nothing, show_plan
from phoenix_providers.cli.engine.run import Engine


def summary(**changes: int) -> Mapping[str, Any]:
    return {"summaryEvent": {"isPreview": True, "resourceChanges": changes}}


def site(old: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    sides = {"old": {"outputs": old}, "new": {"outputs": new}}
    return {"resOutputsEvent": {"metadata": {"op": "same", "type": "pulumi:pulumi:Stack", **sides}}}


REFRESHED, SAME, CHANGED = site({"a": 1}, {"a": 1}), site({"a": 1}, {"a": 1}), site({"a": 1}, {"a": 2})


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([REFRESHED, SAME, summary(same=88)], True),
        ([summary(same=88)], True),
        ([REFRESHED, SAME, summary(same=86, update=2)], False),
        ([REFRESHED, SAME, summary(same=86, delete=2)], False),
        ([REFRESHED, SAME, summary(create=88)], False),
        ([REFRESHED, SAME, summary()], False),
        # What the site tells others is written by a run alone.
        ([REFRESHED, CHANGED, summary(same=88)], False),
        ([site({}, {}), site({"a": 1}, {}), SAME, summary(same=88)], True),
        ([site({"a": 1}, {}), summary(same=88)], False),
        # It did not come to its end.
        ([REFRESHED, SAME], False),
        ([], False),
    ],
)
def test_there_is_nothing_to_do(events: Sequence[Mapping[str, Any]], expected: bool) -> None:
    assert finds_nothing(events) is expected


NOTHING, SOMETHING = [summary(same=88)], [summary(same=87, update=1)]


@pytest.mark.parametrize(
    ("preview", "pending", "events", "shown"),
    [
        pytest.param((0, False), False, NOTHING, Shown(0, can_run=False), id="nothing to do"),
        pytest.param((0, False), False, SOMETHING, Shown(0, can_run=True), id="something"),
        pytest.param((2, False), False, SOMETHING, Shown(2, can_run=True), id="a blocked stack keeps no other"),
        pytest.param((2, False), False, NOTHING, Shown(2, can_run=True), id="something is said to be wrong"),
        pytest.param((5, True), False, SOMETHING, Shown(5, can_run=False), id="refused"),
        pytest.param((8, True), False, [], Shown(8, can_run=False), id="interrupted"),
        pytest.param((0, False), True, NOTHING, Shown(0, can_run=True), id="a run was killed before"),
    ],
)
def test_what_can_be_agreed_to(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    preview: tuple[int, bool],
    pending: bool,
    events: Sequence[Mapping[str, Any]],
    shown: Shown,
) -> None:
    engine = Engine(tmp_path)
    engine.has_pending_operations = pending

    def run(verb: str, arguments: Sequence[str], *, targets: Sequence[str], extra: Mapping[str, str]) -> int:
        assert (verb, list(arguments), list(targets), extra) == ("preview", ["--short"], ["**::a@1"], {"A": "1"})
        engine.events, engine.has_failed = events, preview[1]
        return preview[0]

    monkeypatch.setattr(engine, "run", run)
    assert show_plan(engine, ["--short"], {"A": "1"}, ["**::a@1"]) == shown
