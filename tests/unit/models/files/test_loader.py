"""What the loader accepts, refuses and says about it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from phoenix_providers.errors import ConfigurationError, Explanation
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings

_CASES = YAML(typ="safe", pure=True).load(Path(__file__).parents[1] / "cases" / "loader.yaml")
_PLAIN = {
    "site.yaml": "domain_name: home.example\n",
    "vms.yaml": "vms:\n  - {vmid: 111, name: apps, docker_stacks: [whoami]}\n",
    "lxcs.yaml": "lxc_configs:\n  101: {name: gateway}\n",
    "stacks/whoami/docker-compose.yml": "services: {web: {image: traefik/whoami}}\n",
}


@pytest.mark.parametrize("case", [case for case in _CASES if "problems" in case], ids=lambda case: case["name"])
def test_what_loads(case: dict[str, Any], tmp_path: Path) -> None:
    configuration = load_configuration(_write(case, tmp_path), Settings.from_raw(case.get("settings", {})))
    problems = configuration.problems
    assert [problem.message for problem in problems] == [entry["what"] for entry in case["problems"]]
    for problem, entry in zip(problems, case["problems"], strict=True):
        _check(problem.explanation(), entry)
        assert problem.stack == entry.get("stack", "")
        assert problem.severity.value == entry.get("severity", problem.severity.value)
    shown = repr(configuration) + "".join(problem.explanation().text() for problem in problems)
    assert case.get("never", "\0") not in shown


@pytest.mark.parametrize("case", [case for case in _CASES if "refused" in case], ids=lambda case: case["name"])
def test_what_is_refused(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(_write(case, tmp_path), Settings.from_raw(case.get("settings", {})))
    reasons = caught.value.reasons
    assert [reason.what for reason in reasons] == [entry["what"] for entry in case["refused"]]
    for reason, entry in zip(reasons, case["refused"], strict=True):
        _check(reason, entry)
    assert case.get("never", "\0") not in str(caught.value)


def _write(case: dict[str, Any], tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    files = {**_PLAIN, **case.get("files", {})}
    contents = {name: text.encode() for name, text in files.items() if text is not None}
    contents |= {name: text.encode("latin-1") for name, text in case.get("binary", {}).items()}
    contents |= {f"../{name}": text.encode() for name, text in case.get("outside", {}).items()}
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def _check(explanation: Explanation, entry: dict[str, Any]) -> None:
    if entry.get("severity") != "warning":
        assert all(asdict(explanation).values()), f"some part is missing: {explanation}"
    if "where" in entry:
        assert explanation.where.endswith(f"config/{entry['where']}")
    assert entry.get("seen", "") in explanation.seen
    assert entry.get("expected", "") in explanation.expected
    assert entry.get("next", "") in explanation.next_step


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no configuration folder") as caught:
        load_configuration(tmp_path / "nowhere", Settings())
    assert "pulumi config set phoenix:configDir" in str(caught.value)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("domain_name: home.example\n")
    with pytest.raises(ConfigurationError, match="there is no configuration folder") as caught:
        load_configuration(file, Settings())
    assert f"phoenix:configDir {tmp_path}" in str(caught.value)


@pytest.mark.parametrize("spelling", ["yaml", "yml", "json"])
def test_the_formats_give_the_same(spelling: str, tmp_path: Path) -> None:
    site = '{"domain_name": "home.example", "network": {"portainer_server_port": "9444"}}'
    files = {"site.yaml": None, f"site.{spelling}": site}
    configuration = load_configuration(_write({"files": files}, tmp_path), Settings())
    assert configuration.site.domain_name == "home.example"
    assert configuration.site.network.portainer_server_port == 9444
    assert not configuration.old_spelling


@pytest.mark.parametrize("name", ["docker-compose.yml", "docker-compose.yaml", "compose.yaml", "compose.yml"])
@pytest.mark.parametrize("manifest", ["phoenix.json", "phoenix.yaml"])
def test_names_of_stack_files(name: str, manifest: str, tmp_path: Path) -> None:
    files = {
        "stacks/whoami/docker-compose.yml": None,
        f"stacks/whoami/{name}": "services: {}\n",
        f"stacks/whoami/{manifest}": '{"description": "who"}',
    }
    stack = load_configuration(_write({"files": files}, tmp_path), Settings()).stacks["whoami"]
    assert (stack.compose, stack.manifest.description) == ("services: {}\n", "who")
    assert stack.compose_location.file.name == name


def test_a_broken_manifest_is_unknown_not_empty(tmp_path: Path) -> None:
    files = {"stacks/whoami/phoenix.json": "{"}
    configuration = load_configuration(_write({"files": files}, tmp_path), Settings())
    assert not configuration.stacks["whoami"].manifest_readable


def test_templates_are_left_out_and_guests_keep_their_place(tmp_path: Path) -> None:
    vms = "vms:\n  - {vmid: 190, name: t, is_template: 'true'}\n  - vmid: 111\n    name: apps\n"
    configuration = load_configuration(_write({"files": {"vms.yaml": vms}}, tmp_path), Settings())
    (vm,) = configuration.vms
    assert str(configuration.locate(*vm.declared_at, "name")).endswith("vms.yaml:4")


def test_the_password_of_an_existing_file_can_be_used_but_not_seen(tmp_path: Path) -> None:
    site = '{"domain_name": "a.lan", "portainer_api": {"admin_password": "hunter2"}, "users": {"password": "h4sh"}}'
    files = {"site.yaml": None, "phoenix_hypervisor_config.json": site}
    configuration = load_configuration(_write({"files": files}, tmp_path), Settings())
    password = configuration.site.portainer_api.admin_password
    assert password is not None
    assert password.get_secret_value() == "hunter2"
    shown = repr(configuration) + configuration.site.model_dump_json() + str(configuration.site.model_dump())
    assert "hunter2" not in shown
    assert "h4sh" not in shown
