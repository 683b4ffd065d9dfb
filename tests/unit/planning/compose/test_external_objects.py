"""Which networks and volumes somebody else has to make."""

from __future__ import annotations

import pytest

from phoenix_providers.models.stack import SecretReference
from phoenix_providers.planning.compose.external_objects import external_objects
from phoenix_providers.planning.compose.named_volumes import readable

VALUES = {"NAME": "shared", "SECRET": SecretReference(secret="S"), "EMPTY": "", "YES": "true", "NO": "false"}


@pytest.mark.parametrize(
    ("service", "sections", "found"),
    [
        ("networks: [n]", "networks: {n: {external: true, name: shared}}", ["network shared"]),
        ("networks: [n]", "networks: {n: {external: true}}", ["network n"]),
        ("networks: {n: {aliases: [a]}}", "networks: {n: {external: true}}", ["network n"]),
        ("networks: [n]", "networks: {n: {external: {name: shared}}}", ["network shared"]),
        ("networks: [n]", "networks: {n: {external: true, name: '${NAME}-net'}}", ["network shared-net"]),
        ("networks: [n]", "networks: {n: {external: '${YES}'}}", ["network n"]),
        ("networks: [n]", "networks: {n: {external: '${NO}'}}", []),
        ("networks: [n]", "networks: {n: {external: true, name: 'a${SECRET}'}}", []),
        ("networks: [n]", "networks: {n: {external: {name: 'a${SECRET}'}}}", []),
        ("networks: [n]", "networks: {n: {external: true, name: '${EMPTY}'}}", []),
        ("networks: [n]", "networks: {n: {name: shared}}", []),
        ("networks: [n]", "networks: {n: }", []),
        ("networks: [n]", "", []),
        ("networks: [n]", "networks: {n: {}, other: {external: true}}", []),
        ("restart: always", "networks: {default: {external: true, name: proxy}}", ["network proxy"]),
        ("networks: []", "networks: {default: {external: true, name: proxy}}", ["network proxy"]),
        ("network_mode: host", "networks: {default: {external: true, name: proxy}}", []),
        ("networks: [n], profiles: [later]", "networks: {n: {external: true}}", []),
        ("volumes: ['v:/v']", "volumes: {v: {external: true, name: media}}", ["volume media"]),
        ("volumes: ['v:/v:ro']", "volumes: {v: {external: true}}", ["volume v"]),
        ("volumes: ['v:/v']", "volumes: {v: {external: {name: media}}}", ["volume media"]),
        ("volumes: ['v:/v']", "volumes: {v: {external: '${NO}'}}", []),
        ("volumes: [{type: volume, source: v, target: /v}]", "volumes: {v: {external: true}}", ["volume v"]),
        ("volumes: [{type: bind, source: /v, target: /v}]", "volumes: {v: {external: true}}", []),
        ("volumes: ['v:/v']", "volumes: {v: }", []),
    ],
)
def test_what_somebody_else_has_to_make(service: str, sections: str, found: list[str]) -> None:
    compose = readable(f"services: {{web: {{image: i, {service}}}}}\n{sections}\n", VALUES, "web-production")
    assert compose is not None
    assert [f"{item.kind} {item.name}" for item in external_objects(compose)] == found
