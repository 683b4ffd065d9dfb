"""`phoenix init --stack`: compose folders as data, and what a user may do wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from phoenix_providers.cli.main import phoenix
from phoenix_providers.cli.project import site_folder
from phoenix_providers.errors import UsageError
from phoenix_providers.planning.compose.interpolation import Usage, interpolate

CASES = YAML(typ="safe", pure=True).load((Path(__file__).parents[3] / "cases" / "compose" / "folders.yaml").read_text())


def run(*arguments: object) -> str:
    return CliRunner().invoke(phoenix, [str(part) for part in arguments], catch_exceptions=False).stdout


def loaded(file: Path) -> Any:
    return YAML(typ="safe", pure=True).load(file.read_text())


def filled(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def environment_of(service: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str | None]:
    declared = service.get("environment") or {}
    if isinstance(declared, list):
        parts = [entry.partition("=") for entry in declared]
        declared = {name: value if equals else None for name, equals, value in parts}
    return {
        name: None if value is None else interpolate(str(value), values, Usage()) for name, value in declared.items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_folder(case: Mapping[str, Any], tmp_path: Path) -> None:
    source, new = filled(tmp_path / "project", case["files"]), tmp_path / "stack"
    options = ["--on-vm", case["on_vm"]] if "on_vm" in case else []
    before = {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}
    output = run("init", new, "--stack", source, *options)
    assert {path: path.read_bytes() for path in source.rglob("*") if path.is_file()} == before
    compose, manifest = loaded(new / "docker-compose.yml"), loaded(new / "phoenix.yaml")["environments"]["production"]
    variables = {entry["name"]: entry["value"] for entry in manifest.get("variables", ())}
    secrets = {name: value["secret"] for name, value in variables.items() if not isinstance(value, str)}
    assert secrets == {name: secret for name, (secret, _) in case.get("secrets", {}).items()}
    plain = {name: value for name, value in variables.items() if isinstance(value, str)}
    if "variables" in case:
        assert plain == case["variables"]
    values = {**plain, **{name: value for name, (_, value) in case.get("secrets", {}).items()}}
    for name, expected in case.get("environment", {}).items():
        assert environment_of(compose["services"][name], values) == expected, name
    for name, expected in case.get("services", {}).items():
        for key, value in expected.items():
            assert compose["services"][name].get(key) == value, f"{name}.{key}"
    assert not any({"extends", "env_file"} & set(service) for service in compose["services"].values())
    assert "include" not in compose
    if "volumes" in case:
        assert compose["volumes"] == case["volumes"]
    files = {file["destination_in_container"]: [file["source"], file["services"]] for file in manifest.get("files", ())}
    assert files == case.get("files_of_manifest", {})
    for source_name, _ in files.values():
        assert (new / source_name).read_bytes() == (source / source_name).read_bytes()
    labels = {name: settings["traefik_labels"] for name, settings in manifest.get("services", {}).items()}
    assert labels == case.get("labels", {})
    for words in case.get("says", ()):
        assert words in output
    for words in case.get("keeps", ()):
        assert words in (new / "docker-compose.yml").read_text()
    for _, value in case.get("secrets", {}).values() if not case.get("weak") else ():
        assert (
            value.strip() not in (new / "docker-compose.yml").read_text() + (new / "phoenix.yaml").read_text() + output
            or len(value) < 6
        )
    assert ("this stack alone is blocked" in output) is case["blocked"], output


def test_the_stack_of_the_site_around_is_made_and_nothing_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site_folder.make(tmp_path / "site")
    source = filled(tmp_path / "My.App", {"docker-compose.yml": "services: {web: {image: i}}\n"})
    inside = tmp_path / "site" / "config" / "stacks"
    monkeypatch.chdir(inside)
    output = run("init", "--stack", source)
    assert (inside / "my-app" / "docker-compose.yml").read_text() == "services: {web: {image: i}}\n"
    assert "docker_stacks: [my-app]" in output
    with pytest.raises(UsageError, match="not empty"):
        run("init", "--stack", source)


def test_a_folder_whose_name_is_a_number_is_listed_in_quotes(tmp_path: Path) -> None:
    source = filled(tmp_path / "app", {"docker-compose.yml": "services: {web: {image: i}}\n"})
    assert 'docker_stacks: ["60"]' in run("init", tmp_path / "60", "--stack", source)


def test_without_a_site_around_it_asks_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = filled(tmp_path / "app", {"docker-compose.yml": "services: {web: {image: i}}\n"})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="No site is around"):
        run("init", "--stack", source)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"readme.md": "x"}, "no compose project"),
        ({"app.yml": "services: {a: {image: i}}\n"}, "COMPOSE_FILE=app.yml"),
        ({"compose.yml": "a: [b\n"}, "not valid YAML"),
        ({"compose.yml": "services: {a: {image: i}}\n---\nservices: {b: {image: i}}\n"}, "several documents"),
        ({"compose.yml": "- a\n"}, "no compose file"),
        ({"compose.yml": "include: [x.yml]\n"}, "not here"),
        ({"compose.yml": "include: [compose.yml]\nservices: {a: {image: i}}\n"}, "circle"),
        (
            {"compose.yml": "services: {a: {extends: {file: b.yml, service: a}}}\n", "b.yml": "services: {}\n"},
            "extends a",
        ),
        ({"compose.yml": "services: {a: {extends: b}, b: {extends: a}}\n"}, "circle"),
        ({"compose.yml": "services: {a: {image: i}}\n", ".env": "A='open\n"}, "not closed"),
        ({"compose.yml": "name: x\n"}, "no services"),
    ],
)
def test_what_compose_would_refuse_is_told_and_nothing_is_written(
    tmp_path: Path, files: Mapping[str, str], words: str
) -> None:
    source = filled(tmp_path / "project", files)
    with pytest.raises(UsageError, match=words):
        run("init", tmp_path / "stack", "--stack", source)
    assert not (tmp_path / "stack").exists()
