"""The site where the state cannot be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.reasons.found import unasked
from phoenix_providers.cli.site_view.gathering import gather, site_view
from phoenix_providers.cli.site_view.known import KnownFiles
from phoenix_providers.cli.site_view.outlook import Outlook
from phoenix_providers.cli.site_view.site_view import Trouble
from phoenix_providers.errors import UsageError
from phoenix_providers.planning.site.state_lock import LockStanding, StateLock
from phoenix_providers.planning.stacks.health import HealthStatus

EXAMPLE = Path(__file__).parents[4] / "config"
NO_STACK = UsageError("No Pulumi stack is selected", next_step="pulumi stack select NAME")
NO_LOGIN = UsageError("Pulumi does not know yet where to keep the state", next_step="pulumi login")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: phoenix-sync\nruntime: python\n")
    shutil.copytree(EXAMPLE, tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(error: UsageError) -> Callable[[], Any]:
    def ask() -> Any:
        raise error

    return ask


@pytest.mark.parametrize(("stack", "error"), [(None, NO_STACK), (None, NO_LOGIN), ("prod", NO_LOGIN)])
def test_nothing_of_what_only_the_state_tells_is_said(project: Path, stack: str | None, error: UsageError) -> None:
    site = gather(Engine(project, stack), refused(error))
    assert site.deployed is None
    assert site.state is not None
    assert site.state.what == site.changes_unknown == error.explanation.what
    assert site.next_command == error.explanation.next_step
    assert {stack.health for stack in site.stacks} == {HealthStatus.UNKNOWN}
    assert {step.name for step in site.steps if step.standing != "unknown"} == {"files"}
    assert "never deployed" not in repr(site)


@pytest.mark.parametrize(
    ("kind", "command"),
    [("stale", "phoenix state release"), ("alive", "phoenix sync all --preview"), (None, "phoenix sync all --preview")],
)
def test_who_holds_the_state(project: Path, kind: Literal["stale", "alive"] | None, command: str) -> None:
    held = LockStanding(StateLock("/state/a.json", 4711, "ann", "desk"), kind, "because") if kind else None
    nobody = unasked()
    site = site_view(KnownFiles.offline(), nobody, Outlook((), ""), (), 0.0, held=held)
    assert site.next_command == command
    if held is None:
        assert site.lock is None
    else:
        assert site.lock == Trouble(
            held.explanation().what, "ann on desk (process 4711); because", held.explanation().next_step
        )


def test_a_file_that_is_gone_is_told(project: Path) -> None:
    (project / "config/vms.yaml").unlink()
    site = gather(Engine(project), refused(NO_STACK))
    warning = next(one for one in site.warnings if one.what == "there is no file with the VMs")
    assert warning.next_step.endswith("config/vms.yaml")
    assert "warning" in site.steps[0].text
    assert site.files == ()


def test_that_secrets_are_not_seen_is_no_warning(project: Path) -> None:
    assert gather(Engine(project), refused(NO_STACK)).warnings == ()


def test_a_pulumi_stack_that_is_not_there_is_a_mistake(project: Path) -> None:
    with pytest.raises(UsageError) as caught:
        gather(Engine(project, "nosuch"), refused(NO_STACK))
    assert caught.value is NO_STACK
