"""Our computation against that of compose itself; `cases/compose/configuration_hashes.json` says how it was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.lab.docker.project import ProjectSource, load_project
from phoenix_providers.planning.compose.compose_reading import reading_of
from phoenix_providers.planning.compose.config_hash.project_hash import ExpectedProject
from phoenix_providers.planning.compose.config_hash.project_hash import expected_project as of_reading
from phoenix_providers.planning.compose.config_hash.unknown import UnknownShapeError

_FILE = Path(__file__).parents[4] / "cases" / "compose" / "configuration_hashes.json"
CASES = {case["name"]: case for case in json.loads(_FILE.read_text())["cases"]}
OLD, BETWEEN, NEW = (2, 23), (2, 33), (2, 45)
# What is written often, and must not be refused.
SURELY_KNOWN = """
    image only|command as words|command as list|environment as map|environment as list|ports|named volume|bind|restart
    labels as map|labels as list|networks as list|network external|health check text|health check list|names
    two services
    anchors and merges|depends on map|measured: unhealthy|network mode host|extra hosts list|capabilities|logging|memory
"""
WEB = "services:\n  web:\n    image: nginx:1.27\n"


def expected_project(project: str, text: str, env: dict[str, str], server: tuple[int, int]) -> ExpectedProject:
    return of_reading(project, reading_of(project, text, env), env, server)


def computed(case: dict[str, Any], server: tuple[int, int]) -> ExpectedProject | None:
    try:
        return expected_project(case["project"], case["compose"], case["env"], server)
    except UnknownShapeError:
        return None


def of_compose(case: dict[str, Any], service: str, server: tuple[int, int]) -> str | None:
    known = case["services"][service]
    return known.get("with_dependencies", known["hash"]) if server == OLD else known["hash"]


@pytest.mark.parametrize("server", [OLD, BETWEEN, NEW])
@pytest.mark.parametrize("name", CASES)
def test_a_hash_that_is_computed_is_that_of_compose(name: str, server: tuple[int, int]) -> None:
    case = CASES[name]
    expected = computed(case, server)
    if expected is None:
        return
    assert {item.name for item in expected.services} == set(case["services"])
    for service in expected.services:
        assert service.hash == of_compose(case, service.name, server)
    for item in expected.networks:
        assert item.external or item.hash == case["networks"][item.key]
    for item in expected.volumes:
        assert item.external or item.hash == case["volumes"][item.key]


@pytest.mark.parametrize("name", [name.strip() for name in SURELY_KNOWN.replace("\n", "|").split("|") if name.strip()])
def test_what_home_labs_write_is_computed(name: str) -> None:
    assert computed(CASES[name], NEW) is not None


def test_releases_that_disagree_make_it_unknown() -> None:
    odd = [case for case in CASES.values() if any(item["hash"] is None for item in case["services"].values())]
    assert odd
    assert [case["name"] for case in odd if computed(case, NEW) is not None] == []


@pytest.mark.parametrize(
    ("text", "env", "server", "part"),
    [
        (WEB + "    devices: [/dev/dri]\n", {}, NEW, "devices of the service web"),
        (WEB + "    deploy: {replicas: 2}\n", {}, NEW, "deploy of the service web"),
        (WEB + "    volumes: [./data:/data]\n", {}, NEW, "volumes of the service web"),
        (WEB + "    environment: {A: 1.10}\n", {}, NEW, "the value 1.10"),
        (WEB + "    environment: {A: !!str 1}\n", {}, NEW, "the value 1"),
        (WEB + '    environment: {A: "${A:-x}"}\n', {}, NEW, "the variable A, which only the server"),
        (WEB + '    environment: {TZ: "${TZ}"}\n', {"TZ": "UTC"}, BETWEEN, "the variable TZ, which the server"),
        (WEB, {"COMPOSE_PROFILES": "all"}, NEW, "COMPOSE_PROFILES"),
        (WEB + "    depends_on: [db]\n  db: {image: pg}\n", {}, BETWEEN, "depends_on of the service web"),
        (WEB + '    environment: {A: "${A}"}\n', {"A": "\x01"}, NEW, "environment of the service web"),
        (WEB, {}, (2, 20), "Portainer 2.20"),
        (WEB, {}, (2, 46), "Portainer 2.46"),
        (WEB, {}, (0, 0), "Portainer 0.0"),
        (WEB + "secrets: {s: {file: /s}}\n", {}, NEW, "secrets"),
        ("services: [", {}, NEW, ""),
        ("services: {}\n", {}, NEW, "a text that compose would refuse"),
    ],
)
def test_what_is_not_known_for_certain_is_named(
    text: str, env: dict[str, str], server: tuple[int, int], part: str
) -> None:
    with pytest.raises(UnknownShapeError) as raised:
        expected_project("web-production", text, env, server)
    assert part in str(raised.value)


def test_a_variable_of_the_manifest_counts_where_the_server_keeps_its_own_to_itself() -> None:
    text = WEB + '    environment: {TZ: "${TZ}"}\n'
    fixed = WEB + "    environment: {TZ: UTC}\n"
    first = expected_project("web-production", text, {"TZ": "UTC"}, NEW)
    assert first == expected_project("web-production", fixed, {}, NEW)


def test_no_value_shows_in_the_reason() -> None:
    with pytest.raises(UnknownShapeError) as raised:
        expected_project("web", WEB + '    user: "${A}"\n', {"A": "canary\x02"}, NEW)
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    "name", ["image only", "command as words", "environment as list", "labels as map", "restart", "two services"]
)
def test_the_lab_leaves_the_hashes_of_compose(name: str) -> None:
    case = CASES[name]
    project = load_project(ProjectSource(case["project"], case["compose"]))
    assert {item.name: item.config_hash for item in project.services} == {
        service: known["hash"] for service, known in case["services"].items()
    }
