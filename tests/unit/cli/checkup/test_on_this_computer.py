"""Settings as far as they can be read, files with what is wrong in them, and the place of the state."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from phoenix_providers.cli.checkup.files import files
from phoenix_providers.cli.checkup.own_settings import own_settings
from phoenix_providers.cli.checkup.state import state_lock, state_place
from phoenix_providers.cli.checkup.table import checks
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.errors import UsageError
from phoenix_providers.operations.doctor.case import Case

EXAMPLE = Path(__file__).parents[4] / "config"
NOT_SELECTED = UsageError("No Pulumi stack is selected", next_step="pulumi stack select NAME")
NO_PASSPHRASE = UsageError("Pulumi needs the passphrase of this stack", next_step="export PULUMI_CONFIG_PASSPHRASE=…")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: home\nconfig:\n  phoenix:siteId: abc\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(
        "config:\n"
        "  phoenix:traefikTarget: /srv/traefik\n"
        "  phoenix:entryPoints: [web, websecure]\n"
        "  phoenix:portainerPassword:\n    secure: v1:abc\n"
        "  proxmoxve:endpoint: https://10.0.0.13:8006\n"
    )
    monkeypatch.setattr(Engine, "stack_name", "prod")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path / 'state'}")
    return tmp_path


def answering(
    monkeypatch: pytest.MonkeyPatch, plain: Mapping[str, str] | None, secret: Mapping[str, str] | None
) -> None:
    """Let the engine answer like that; None is a refusal."""

    def configuration(_engine: Engine, *, secrets: bool = True) -> Mapping[str, str]:
        found = secret if secrets else plain
        if found is None:
            raise NO_PASSPHRASE if plain is not None else NOT_SELECTED
        return found

    monkeypatch.setattr(Engine, "configuration", configuration)


def test_without_the_passphrase_the_rest_is_known(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, {"phoenix:traefikTarget": "/srv/traefik"}, None)
    case = Case()
    found = own_settings(case, Engine(project))
    assert (found.exit_code, found.reasons[0].next_step) == (2, "export PULUMI_CONFIG_PASSPHRASE=…")
    assert (case.settings.traefik_target, case.has_secrets) == ("/srv/traefik", False)


def test_without_a_selected_stack_the_files_tell(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, None, None)
    case = Case()
    found = own_settings(case, Engine(project))
    assert "pulumi stack select prod" in found.reasons[0].next_step
    assert case.settings.traefik_target == "/srv/traefik"
    assert case.settings.entry_points == ("web", "websecure")
    assert case.settings.site_id == "abc"
    assert case.proxmox == "https://10.0.0.13:8006"
    assert "phoenix:portainerPassword" not in case.raw


def test_a_project_file_that_cannot_be_read_has_a_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "Pulumi.prod.yaml").write_text("config:\n  a: [\n")
    answering(monkeypatch, None, None)
    found = own_settings(Case(), Engine(project))
    assert any(f"{project / 'Pulumi.prod.yaml'}:" in reason.where for reason in found.reasons)


def test_a_wrong_setting_leaves_the_others(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"phoenix:settle": "soon", "phoenix:traefikTargt": "/x", "phoenix:environment": "test"}
    answering(monkeypatch, {}, values)
    case = Case()
    found = own_settings(case, Engine(project))
    assert (found.seen, found.exit_code) == ("2 settings are wrong", 2)
    assert case.settings.environment == "test"


def test_an_error_of_one_stack_names_file_and_line(project: Path) -> None:
    shutil.copytree(EXAMPLE, project / "config")
    (project / "config/stacks/grafana/docker-compose.yml").write_text("services: [\n")
    case = Case(settings=Case().settings.resolve(project))
    found = files(case)
    assert (found.exit_code, found.seen) == (2, "1 error; grafana blocked")
    assert "stacks/grafana/docker-compose.yml:" in found.reasons[0].where
    assert case.plan is not None


def test_a_site_without_files(project: Path) -> None:
    case = Case(settings=Case().settings.resolve(project))
    assert files(case).exit_code == 2
    assert case.plan is None


def test_the_place_of_the_state(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(project)
    assert state_place(engine).reasons[0].next_step == f"mkdir -p {project / 'state'}"
    (project / "state").mkdir()
    for free, standing in ((2_000_000_000, "ok"), (500_000_000, "warning"), (50_000_000, "trouble")):
        usage = shutil._ntuple_diskusage(10**12, 0, free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _place, usage=usage: usage)
        assert state_place(engine).standing == standing
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert state_place(engine).exit_code == 4


def test_who_is_not_signed_in_to_a_backend_is_told_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def backend(_engine: Engine) -> str:
        raise NOT_SELECTED

    monkeypatch.setattr(Engine, "backend", property(backend))
    assert [look(Engine(project)).standing for look in (state_place, state_lock)] == ["skipped", "skipped"]


def test_a_bucket_is_its_own_matter(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    assert state_place(Engine(project)).standing == "ok"
    assert state_lock(Engine(project)).standing == "ok"


def test_a_lock_is_told_with_its_holder(project: Path) -> None:
    locks = project / "state/.pulumi/locks/organization/home/prod"
    locks.mkdir(parents=True)
    assert state_lock(Engine(project)).standing == "ok"
    holder = {"pid": 1, "username": "ann", "hostname": f"not-{platform.node()}", "timestamp": "2026-05-01T12:00:00Z"}
    (locks / "1.json").write_text(json.dumps(holder))
    found = state_lock(Engine(project))
    assert (found.standing, found.exit_code) == ("trouble", 3)
    assert "ann" in found.seen
    assert "phoenix state release --force" in found.reasons[0].next_step


def test_the_table_is_in_order(project: Path) -> None:
    table = checks(Case(), Engine(project))
    keys = [one.key for one in table]
    assert len(set(keys)) == len(keys) == 19
    assert all(one.before <= set(keys) for one in table)


def test_without_a_project_only_this_computer_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phoenix_providers.cli.engine.run.project_root", lambda _folder: None)
    assert [one.name for one in checks(Case(), Engine(tmp_path))] == ["tools", "settings"]
