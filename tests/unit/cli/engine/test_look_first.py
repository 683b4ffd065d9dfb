"""A run on a terminal looks first, and brings up only what somebody has agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.engine.look_first import finds_nothing, look_first
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
    ("preview", "pending", "events", "answer", "runs", "code"),
    [
        pytest.param((0, False), False, NOTHING, None, ["preview"], 0, id="nothing to do"),
        pytest.param((0, False), False, SOMETHING, True, ["preview", "up"], 4, id="agreed: its code counts"),
        pytest.param((0, False), False, SOMETHING, False, ["preview"], 8, id="declined"),
        pytest.param((2, False), False, SOMETHING, True, ["preview", "up"], 4, id="a blocked stack keeps no other"),
        pytest.param((2, False), False, SOMETHING, False, ["preview"], 8, id="declined with a blocked stack"),
        pytest.param((2, False), False, NOTHING, True, ["preview", "up"], 4, id="something is said to be wrong"),
        pytest.param((5, True), False, SOMETHING, None, ["preview"], 5, id="refused"),
        pytest.param((8, True), False, [], None, ["preview"], 8, id="interrupted"),
        pytest.param((0, False), True, NOTHING, True, ["preview", "up"], 4, id="a run was killed before"),
    ],
)
def test_what_is_run_and_who_is_asked(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    preview: tuple[int, bool],
    pending: bool,
    events: Sequence[Mapping[str, Any]],
    answer: bool | None,
    runs: Sequence[str],
    code: int,
) -> None:
    engine, seen = Engine(tmp_path), []
    engine.has_pending_operations = pending

    def run(verb: str, arguments: Sequence[str], *, extra: Mapping[str, str]) -> int:
        seen.append(verb)
        assert extra == {"A": "1"}
        assert list(arguments) == ["--short", *(["--yes", "--skip-preview"] if verb == "up" else [])]
        if verb == "up":
            return 4
        engine.events, engine.has_failed = events, preview[1]
        return preview[0]

    def confirm(_question: str) -> bool:
        assert answer is not None, "nobody is asked"
        return answer

    monkeypatch.setattr(engine, "run", run)
    monkeypatch.setattr("click.confirm", confirm)
    assert look_first(engine, ["--short"], {"A": "1"}) == code
    assert seen == runs
