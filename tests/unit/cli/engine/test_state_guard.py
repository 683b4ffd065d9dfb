"""What changes a state without the program is refused for that of another site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_folder import StateFolder
from phoenix_providers.cli.main import phoenix
from phoenix_providers.errors import UnsafeError, UsageError

INVENTORY: Mapping[str, Any] = {
    "urn": "urn:pulumi:prod::home::phoenix:index:Inventory::inventory",
    "outputs": {"site_id": "a1"},
}


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Sequence[str]]]:
    """Folders and Pulumi stacks that were asked for."""
    asked: list[tuple[Path, Sequence[str]]] = []

    def resources(engine: Engine) -> Sequence[Mapping[str, Any]]:
        asked.append((engine._folder, engine._stack))
        return [INVENTORY]

    monkeypatch.setattr(Engine, "resources", resources)
    monkeypatch.setattr(StateFolder, "of", lambda _engine: None)
    monkeypatch.setattr(Engine, "backend", "s3://bucket")
    return asked


def settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    monkeypatch.setattr(Engine, "settings", lambda _engine: values)


@pytest.mark.parametrize(
    ("arguments", "folder", "stack"),
    [
        ("destroy", ".", []),
        ("destroy --yes --skip-preview", ".", []),
        ("-C /site destroy -ys prod", "/site", ["--stack", "prod"]),
        ("--cwd=/site destroy --stack=prod --target **::a -t b", "/site", ["--stack", "prod"]),
        ("destroy -sprod -f --help", ".", ["--stack", "prod"]),
    ],
)
def test_a_destroy_of_another_site_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    engines: list[tuple[Path, Sequence[str]]],
    arguments: str,
    folder: str,
    stack: Sequence[str],
) -> None:
    settings(monkeypatch, siteId="b2")
    done = CliRunner().invoke(phoenix, ["state", "guard", *arguments.split()])
    assert isinstance(done.exception, UnsafeError), done.output
    assert "belongs to another site" in str(done.exception)
    assert engines == [(Path(folder), stack)]


@pytest.mark.usefixtures("engines")
@pytest.mark.parametrize("own", [{"siteId": "a1"}, {}])
@pytest.mark.parametrize("command", [["guard", "destroy"], ["prune"]])
def test_its_own_goes_on(monkeypatch: pytest.MonkeyPatch, own: dict[str, str], command: list[str]) -> None:
    settings(monkeypatch, **own)
    assert CliRunner().invoke(phoenix, ["state", *command]).exit_code == 0


@pytest.mark.usefixtures("engines")
def test_old_runs_of_another_site_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, siteId="b2")
    assert isinstance(CliRunner().invoke(phoenix, ["state", "prune"]).exception, UnsafeError)


def test_what_pulumi_cannot_read_is_left_to_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_engine: Engine) -> Mapping[str, str]:
        raise UsageError("No Pulumi stack is selected")

    monkeypatch.setattr(Engine, "settings", unreadable)
    assert CliRunner().invoke(phoenix, ["state", "guard", "destroy"]).exit_code == 0
