"""Old runs are removed of one Pulumi stack alone, and never while a run holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_folder import StateFolder
from phoenix_providers.errors import UsageError

RUNS = range(1795957484399618681, 1795957484399618686)


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    for project, stack in (("home", "prod"), ("home", "test"), ("cabin", "prod")):
        for kind, name in (("history", "{}-{}.history.json"), ("backups", "{}.{}.json")):
            place = tmp_path / ".pulumi" / kind / project / stack
            place.mkdir(parents=True)
            for run in RUNS:
                (place / name.format(stack, run)).write_text("{}")
    return StateFolder(tmp_path / ".pulumi", "home", "prod")


def files(folder: StateFolder) -> list[Path]:
    return sorted(path.relative_to(folder.root) for path in folder.root.rglob("*.json"))


def test_the_newest_stay_and_those_of_others(folder: StateFolder) -> None:
    before = files(folder)
    assert folder.remove_old_runs(2) == (6, 12)
    gone = set(before) - set(files(folder))
    assert {path.parts[1:3] for path in gone} == {("home", "prod")}
    assert not any(str(RUNS[-1]) in path.name or str(RUNS[-2]) in path.name for path in gone)
    assert folder.remove_old_runs(2) == (0, 0)


def test_nothing_goes_while_a_run_holds_the_state(folder: StateFolder) -> None:
    before = files(folder)
    lock = folder.root / "locks" / "organization" / "home" / "prod" / "a.json"
    lock.parent.mkdir(parents=True)
    lock.write_text("{}")
    with pytest.raises(UsageError, match="phoenix state release"):
        folder.remove_old_runs(1)
    lock.unlink()
    assert files(folder) == before


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("file:///srv/my%20state?metadata=skip", Path("/srv/my state/.pulumi")),
        ("file://~/.pulumi-state", Path.home() / ".pulumi-state" / ".pulumi"),
        ("s3://bucket?region=x", None),
    ],
)
def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, root: Path | None) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: home\n")
    monkeypatch.setattr(Engine, "stack_name", "prod")
    found = StateFolder.of(Engine(tmp_path, extra={"PULUMI_BACKEND_URL": url}))
    assert (found and (found.root, found.project, found.stack)) == (root and (root, "home", "prod"))
