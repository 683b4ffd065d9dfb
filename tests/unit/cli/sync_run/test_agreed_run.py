"""The plan, one question, the run, its end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.run_progress.progress import Progress
from phoenix_providers.cli.screens.certificate_screen import Certificate
from phoenix_providers.cli.sync_run import agreed_run as module
from phoenix_providers.cli.sync_run.agreed_run import agreed_run
from phoenix_providers.cli.sync_run.followed_run import Ran, RunRequest
from phoenix_providers.cli.sync_run.proof import Proof
from phoenix_providers.cli.sync_run.shown_plan import Shown, judged
from phoenix_providers.planning.site.changes.change import Action, Change, SiteChanges
from tests.unit.cli.run_progress.made_events import done, stack_urn

CHANGED = Progress.beginning(1.0).after(done("update", stack_urn("grafana@113")), 2.0).ended(3.0)
UNCHANGED = Progress.beginning(1.0).after(done("same", stack_urn("grafana@113")), 2.0).ended(3.0)
NOTHING, SOMETHING, WRONG = Shown(0, can_run=False), Shown(0, can_run=True), Shown(5, can_run=False)
NOTES = Shown(0, can_run=True, asks=False)
NONE, OWN = SiteChanges((), 63), SiteChanges((), 63, own_notes=2)
ONE = SiteChanges((Change(6, 113, Action.CHANGE, "grafana@113", "grafana@113"),), 62)


UNPROVEN = 4


def ran(code: int, progress: Progress = CHANGED, stopped: int = 0) -> Ran:
    return Ran(code, progress, Path("/engine.log"), stopped)


@pytest.mark.parametrize(
    ("shown", "yes", "answer", "run", "proves", "code", "words"),
    [
        pytest.param(NOTHING, False, None, None, False, 0, "", id="nothing to do"),
        pytest.param(NOTES, False, None, ran(0), True, 0, "", id="nothing to do on any product"),
        pytest.param(WRONG, False, None, None, False, 5, "", id="refused"),
        pytest.param(SOMETHING, False, False, None, False, 0, "Nothing was changed.", id="declined"),
        pytest.param(SOMETHING, False, True, ran(0), True, 0, "", id="agreed"),
        pytest.param(SOMETHING, False, True, ran(4), False, 4, "Not everything is as declared", id="failed"),
        pytest.param(None, True, None, ran(0), True, 0, "", id="agreed in front"),
        pytest.param(None, True, None, ran(0), UNPROVEN, UNPROVEN, "", id="no proof"),
        pytest.param(None, True, None, ran(0, UNCHANGED), True, 0, "all is as declared, 1 thing\n", id="unchanged"),
        pytest.param(None, True, None, ran(8, CHANGED, 1), False, 8, "Stopped after 2.0 s.", id="interrupted"),
        pytest.param(None, True, None, ran(0, CHANGED, 1), False, 0, "before it could stop", id="too late to stop"),
    ],
)
def test_how_it_goes_and_who_is_asked(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shown: Shown | None,
    yes: bool,
    answer: bool | None,
    run: Ran | None,
    proves: int | bool,
    code: int,
    words: str,
) -> None:
    def plan(*_: object) -> Shown:
        assert shown is not None, "nothing is shown"
        return shown

    def confirm(_question: str) -> bool:
        assert answer is not None, "nobody is asked"
        return answer

    def followed(*_: object) -> Ran:
        assert run is not None, "nothing is run"
        return run

    proved: list[Ran] = []
    remembered: list[int] = []

    def prove(one: Ran) -> Proof:
        proved.append(one)
        return Proof(int(proves) if proves is not True else 0)

    monkeypatch.setattr(module, "show_plan", plan)
    monkeypatch.setattr(module, "run_followed", followed)
    monkeypatch.setattr(module, "remember", lambda _engine, _ran, code: remembered.append(code))
    monkeypatch.setattr("click.confirm", confirm)
    assert agreed_run(Engine(Path("/nowhere")), RunRequest(), prove, yes=yes) == code
    assert proved == ([run] if proves else [])
    assert remembered == ([UNPROVEN] if code == UNPROVEN and proves else [])
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "code", "pending", "shown"),
    [
        pytest.param(NONE, 0, False, Shown(0, can_run=False, asks=False), id="nothing to do"),
        pytest.param(ONE, 0, False, Shown(0, can_run=True), id="something"),
        pytest.param(OWN, 0, False, NOTES, id="only what is remembered"),
        pytest.param(ONE, 2, False, Shown(2, can_run=True), id="a blocked stack keeps no other"),
        pytest.param(NONE, 2, False, Shown(2, can_run=True, asks=False), id="something is said to be wrong"),
        pytest.param(NONE, 0, True, NOTES, id="a run was killed before"),
    ],
)
def test_what_can_be_agreed_to(changes: SiteChanges, code: int, pending: bool, shown: Shown) -> None:
    assert judged(changes, code, has_pending=pending) == shown


def test_the_end_of_a_run_for_programs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    certificate = Certificate("home-lab", CHANGED, "/engine.log", "1 of 1 are answered", "0 changes: all 1 were read")
    monkeypatch.setattr(module, "run_followed", lambda *_: ran(0))
    code = agreed_run(Engine(Path("/nowhere")), RunRequest(as_json=True), lambda _: Proof(0, certificate), yes=True)
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert (code, document["exit_code"], document["unchanged"], document["engine_log"]) == (0, 0, 0, "/engine.log")
    assert [(one["name"], one["operation"], one["vmid"]) for one in document["things"]] == [
        ("grafana@113", "update", 113)
    ]
    assert document["proof"]["routes"] == "1 of 1 are answered"
    assert "As declared: home-lab" in shown.err
