"""The site where the state cannot be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.site_view.gathering import gather
from phoenix_providers.errors import UsageError
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


def test_a_pulumi_stack_that_is_not_there_is_a_mistake(project: Path) -> None:
    with pytest.raises(UsageError) as caught:
        gather(Engine(project, "nosuch"), refused(NO_STACK))
    assert caught.value is NO_STACK
