"""`phoenix graph`: formats, where they are written to, and what `--live` adds."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from phoenix_providers.cli import graph as module
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.run_folder import RunFolder
from phoenix_providers.cli.main import phoenix
from phoenix_providers.cli.site_view import gathering
from phoenix_providers.cli.site_view.site_view import GuestView, SiteView, StackView
from phoenix_providers.errors import UsageError
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.run_record import RunRecord, RunStep
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.stacks.health import HealthStatus

EXAMPLE = Path(__file__).parents[3] / "config"
VIEW = SiteView(
    domain="home.example",
    pulumi_stack="prod",
    taken_at=1_800_000_000.0,
    took=1.0,
    deployed=True,
    changed_at=None,
    steps=(),
    products=(),
    guests=(GuestView(113, "tools", "vm", "127.50.0.113", "running"),),
    environments=(),
    stacks=(StackView("grafana@113", 113, "tools", HealthStatus.MISSING, message="never deployed"),),
    routes=(),
    changes=None,
    changes_unknown="nobody asked",
    last_run=None,
    files=(),
    state=None,
    next_command="",
)


@pytest.mark.parametrize(
    ("kind", "beginning"),
    [
        ("mermaid", "flowchart LR\n"),
        ("dot", 'digraph "home.example" {\n'),
        ("svg", "<svg "),
        ("html", "<!doctype html>\n"),
    ],
)
def test_each_format_goes_to_standard_output_or_to_a_file(tmp_path: Path, kind: str, beginning: str) -> None:
    command = ["graph", "--format", kind, "--config", str(EXAMPLE)]
    printed = CliRunner().invoke(phoenix, command, catch_exceptions=False)
    assert printed.stdout.startswith(beginning)
    file = tmp_path / "picture"
    written = CliRunner().invoke(phoenix, [*command, "-o", str(file)], catch_exceptions=False)
    assert (written.stdout, file.read_text(encoding="utf-8")) == ("", printed.stdout)
    assert written.stderr == f"{file}   ({len(printed.stdout.encode()) / 1000:.0f} kB)\n"


def test_a_page_does_not_tell_where_the_site_is_on_this_computer(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "config")
    for kind in ("html", "svg", "dot"):
        done = CliRunner().invoke(phoenix, ["graph", "--format", kind, "--config", str(folder)], catch_exceptions=False)
        assert "config/vms.yaml:" in done.stdout
        assert str(tmp_path) not in done.stdout


def test_live_adds_the_state_and_the_last_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "config")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "runs"))
    monkeypatch.setattr(Engine, "project_name", "lab")
    monkeypatch.setattr(Engine, "stack_name", "prod")
    monkeypatch.setattr(gathering, "gather", lambda _: VIEW)
    monkeypatch.setattr(module, "stack_configuration", lambda _: load_configuration(folder, Settings()))
    step = RunStep(name="grafana@113", type="PortainerStack", operation="create", started=1.0, ended=3.0)
    (tmp_path / "Pulumi.yaml").write_text("name: site\n")
    monkeypatch.chdir(tmp_path)
    RunFolder.of(Engine(tmp_path)).keep(RunRecord(command="phoenix sync all", started=0.0, ended=4.0, steps=(step,)))
    done = CliRunner().invoke(phoenix, ["graph", "--format", "html", "--live"], catch_exceptions=False)
    data: Any = json.loads(re.findall(r'id="data">(.*?)</script>', done.stdout)[0])
    assert data["source"].startswith("looked at ")
    healths = {thing["name"]: thing["health"] for thing in data["things"] if "health" in thing}
    assert healths == {"grafana@113": "missing", "tools": "healthy"}
    assert [lane["title"] for lane in data["run"]["lanes"]] == ["6 tools (113)"]


def test_settings_of_the_command_line_and_those_of_the_stack_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="--set and --live exclude each other"):
        CliRunner().invoke(phoenix, ["graph", "--live", "--set", "gateway=10.0.0.1"], catch_exceptions=False)
