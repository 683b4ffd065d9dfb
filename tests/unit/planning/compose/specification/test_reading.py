"""What compose would refuse is found before anything is sent; what it would take is not complained about."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference
from phoenix_providers.planning.compose.compose_file import read_compose
from phoenix_providers.planning.compose.specification.reading import check_specification
from phoenix_providers.planning.findings import Findings


def refused(text: str, **variables) -> list[str]:
    findings = Findings("s")

    def locate(*path: object) -> Location:
        return Location(Path("compose.yml"), None, ".".join(map(str, path)))

    compose = read_compose(text, variables, locate, findings)
    assert compose is not None
    check_specification(compose, locate, findings)
    return [f"{problem.location.path}: {problem.message}; {problem.expected}" for problem in findings.errors]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("services: {web: {image: i, prots: ['80:80']}}", ["services.web.prots", "does not know", "ports"]),
        ("services: {web: {image: i}}\nvolume: {}", ["volume: compose does not know", "volumes"]),
        ("services: {web: {image: 7}}", ["services.web.image", "string"]),
        ("services: {web: {image: i, restart: [always]}}", ["services.web.restart", "string"]),
        ("services: {web: {image: i, healthcheck: {test: {}}}}", ["services.web.healthcheck.test"]),
        ("services: {web: {ports: ['80:80']}}", ["services.web: the service web has no image"]),
        ("services: {web: {image: i, depends_on: [db]}}", ["services.web.depends_on", "db in services"]),
        ("services: {web: {image: i, networks: [front]}}", ["networks", "front in networks"]),
        ("services: {web: {image: i, volumes: ['data:/data']}}", ["volumes", "data in volumes"]),
        ("services: {web: {image: i, configs: [c]}}", ["configs", "c in configs"]),
        (
            "services: {a: {image: i, depends_on: [b]}, b: {image: i, depends_on: {a: {condition: service_started}}}}",
            ["wait for each other in a circle"],
        ),
    ],
)
def test_what_compose_refuses(text: str, says: list[str]) -> None:
    found = refused(text)
    assert len(found) == 1
    assert all(words in found[0] for words in says), found


@pytest.mark.parametrize(
    "text",
    [
        "services: {web: {image: i, networks: [default], volumes: ['data:/data', '/srv:/srv']}}\nvolumes: {data: }",
        "services: {web: {image: i, x-own: 1, depends_on: [db]}, db: {image: i}}\nx-common: {}\nversion: '3.8'",
        "services: {web: {image: i, deploy: {replicas: '${N}'}, mem_limit: '${N}', ports: ['${N}:80']}}",
        "services: {web: {image: i, healthcheck: {test: [CMD, a], interval: '${N}s', retries: '${N}'}}}",
        "services: {web: {image: i, privileged: '${YES}', environment: {A: '${HIDDEN}'}, mem_limit: '${HIDDEN}'}}",
        "services: {web: {image: i, configs: [{source: c, target: /c}]}}\nconfigs: {c: {content: hello}}",
    ],
)
def test_what_compose_takes(text: str) -> None:
    assert refused(text, N="3", YES="true", HIDDEN=SecretReference(secret="HIDDEN")) == []
