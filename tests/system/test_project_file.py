"""Pulumi.yaml tells editors and `pulumi config` which settings there are, with the defaults that the program has."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pydantic_core import to_jsonable_python
from ruamel.yaml import YAML

from phoenix_providers.models.settings import SETTING_KEYS, Settings
from tests.system.bare_project import ROOT, in_project

DEFAULTS = {
    str(field.alias): to_jsonable_python(field.default)
    for field in Settings.model_fields.values()
    if field.alias in SETTING_KEYS and isinstance(field.default, str | int | float | tuple) and field.default != ()
}


def test_every_default_is_there_and_described() -> None:
    declared = YAML(typ="safe").load(ROOT / "Pulumi.yaml")["config"]
    assert {key.removeprefix("phoenix:"): one["default"] for key, one in declared.items()} == DEFAULTS
    assert all(one["description"] for one in declared.values())


@pytest.mark.engine
def test_the_engine_takes_them_and_what_a_site_sets_instead(tmp_path: Path) -> None:
    project = tmp_path / "project"
    pulumi = in_project(project, tmp_path / "state")
    shutil.copy(ROOT / "Pulumi.yaml", project)
    shutil.copy(ROOT / "Pulumi.prod.yaml", project)
    (project / ".venv").symlink_to(ROOT / ".venv")
    (project / "__main__.py").write_text("")
    # Half a second is a setting, too.
    with (project / "Pulumi.prod.yaml").open("a") as file:
        file.write("  phoenix:settle: 0.5\n")

    pulumi("stack", "init", "prod")
    # It judges their types.
    pulumi("preview")
    shown = json.loads(pulumi("config", "--json"))
    raw = {key.removeprefix("phoenix:"): one["value"] for key, one in shown.items() if key.startswith("phoenix:")}
    settings = Settings.from_raw(raw)
    assert (settings.settle, settings.firewall_delay, settings.portainer_insecure) == (0.5, 12, False)
    assert (settings.gateway, settings.entry_points) == ("gateway", ("web",))
