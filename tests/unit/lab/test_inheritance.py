from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.lab.docker.compose_file import read
from phoenix_providers.lab.docker.errors import ComposeError

_BASE = (
    'base: {image: i, ports: ["8080:80"], labels: [a=1, b=1], environment: {A: "1"}, '
    'volumes: ["data:/d"], command: [x]}'
)


def _read(*services: str) -> dict[str, Any]:
    text = "services:\n" + "".join(f"  {service}\n" for service in services)
    return dict(read(text, "compose.yml", lambda _name: None)["services"]["web"])


# What docker-compose 2.29.2 prints with `config`, in the short forms of the file.
@pytest.mark.parametrize(
    ("web", "expected"),
    [
        (
            "web: {extends: base}",
            {
                "image": "i",
                "ports": ["8080:80"],
                "labels": ["a=1", "b=1"],
                "environment": {"A": "1"},
                "volumes": ["data:/d"],
                "command": ["x"],
            },
        ),
        (
            'web: {extends: {service: base}, ports: ["8080:80", "81:81"], labels: {a: "2"}, '
            'volumes: ["other:/d"], command: y}',
            {
                "image": "i",
                "ports": ["8080:80", "81:81"],
                "labels": {"a": "2", "b": "1"},
                "environment": {"A": "1"},
                "volumes": ["other:/d"],
                "command": "y",
            },
        ),
        (
            "web: {extends: base, ports: !reset [], labels: !override [c=3], "
            'environment: {A: !reset null, B: "2"}, volumes: !reset null}',
            {"image": "i", "labels": ["c=3"], "environment": {"B": "2"}, "command": ["x"]},
        ),
        ("web: {image: i, labels: !reset null, ports: !override ['81:81']}", {"image": "i", "ports": ["81:81"]}),
    ],
)
def test_what_a_service_has_in_the_end(web: str, expected: dict[str, Any]) -> None:
    assert _read(_BASE, web) == expected


@pytest.mark.parametrize(
    ("web", "says"),
    [
        ("web: {extends: nobody}", 'cannot extend service "web" in compose.yml: service "nobody" not found'),
        ("web: {image: i, extends: web}", "Circular reference:\n  web in compose.yml\n  extends web in compose.yml"),
    ],
)
def test_what_cannot_be_inherited(web: str, says: str) -> None:
    with pytest.raises(ComposeError, match=says):
        _read(_BASE, web)
