"""Cases as data: configuration files and settings, and what `render` has to say of them.

`expect` maps paths (parts joined by "/") to exact values; stacks are found as `stacks/NAME@VMID`. `absent` lists paths
that must not exist. `problems` lists all problems, in any order: severity, stack and file:line as they are, and words
of the message. A case without it must have none. `contains` lists pieces of text by path.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.rendering import render

CASES = sorted((Path(__file__).parent / "planning").glob("*.yaml"))
# A site with Traefik and nothing else, for cases that are about something else.
BASE = {
    "site.yaml": {"domain_name": "home.lan", "network": {"interfaces": {"address": "10.0.0.13/24"}}},
    "lxcs.yaml": {"lxc_configs": {102: {"name": "traefik", "network_config": {"ip": "10.0.0.12/24"}}}},
    "vms.yaml": {"vms": []},
}
MISSING = object()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    loader = YAML(typ="safe", pure=True)
    cases = [(path.stem, case) for path in CASES for case in loader.load(path.read_text())]
    metafunc.parametrize("case", [pytest.param(case, id=f"{stem}: {case['title']}") for stem, case in cases])


def test_case(case: Mapping[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "config"
    for name, content in {**BASE, **case.get("files", {})}.items():
        if content is None:
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    settings = Settings.model_validate(case.get("settings", {}))
    rendered = render(plan_site(load_configuration(folder, settings)))
    assert json.loads(json.dumps(rendered)) == rendered
    by_name = {**rendered, "stacks": {f"{stack['name']}@{stack['vmid']}": stack for stack in rendered["stacks"]}}
    for path, expected in case.get("expect", {}).items():
        assert _at(by_name, path) == expected, path
    for path in case.get("absent", ()):
        assert _at(by_name, path) is MISSING, path
    for path, pieces in case.get("contains", {}).items():
        for piece in pieces:
            assert piece in _at(by_name, path), path
    for problem in rendered["problems"]:
        _says_everything(problem)
    _compare_problems(rendered["problems"], case.get("problems", []), folder)


def _says_everything(problem: Mapping[str, Any]) -> None:
    """An error says where (a setting has no file), what was seen and expected, and what to do next."""
    if problem["severity"] == "error":
        assert problem["location"] or "pulumi config" in problem["next_step"], problem
        assert all(problem.get(part) for part in ("message", "seen", "expected", "next_step")), problem


def _at(value: Any, path: str) -> Any:
    for part in path.split("/"):
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = value[part]
    return value


def _compare_problems(found: list[dict[str, Any]], expected: list[dict[str, Any]], folder: Path) -> None:
    left = list(found)
    for wanted in expected:
        match = next((problem for problem in left if _is(problem, wanted, folder)), None)
        assert match is not None, f"missing: {wanted}\nfound: {json.dumps(left, indent=1)}"
        left.remove(match)
    assert left == [], f"unexpected: {json.dumps(left, indent=1)}"


def _is(problem: Mapping[str, Any], wanted: Mapping[str, Any], folder: Path) -> bool:
    place = str(problem["location"]).removeprefix(f"{folder}/")
    text = " ".join(str(problem.get(key, "")) for key in ("message", "seen", "expected", "next_step"))
    return (
        problem["severity"] == wanted["severity"]
        and problem.get("stack", "") == wanted.get("stack", "")
        and all(word in text for word in wanted["says"])
        and wanted.get("at", place) == place
    )
