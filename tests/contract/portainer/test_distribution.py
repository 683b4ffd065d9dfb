"""Asking registries through an engine, without fetching anything.

The words are those of Docker Engine 20.10.24 behind Portainer 2.23.0, measured with a registry of each kind.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from phoenix_providers.lab.docker.private_registry import PASSWORD, USER

PRIVATE = "private.registry.test:5000"
UNAUTHORIZED = "unauthorized: authentication required"


def encoded(**said: object) -> dict[str, str]:
    return {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(said).encode()).decode()}


OWN = encoded(username=USER, password=PASSWORD, serveraddress=PRIVATE)
WRONG = encoded(username=USER, password="no", serveraddress=PRIVATE)


@pytest.fixture
def client(lab: Any) -> Any:
    made = lab.client()
    made.number = made.create_environment(lab.agent_form(111, "a")).json()["Id"]
    return made


def ask(client: Any, image: str, **headers: str) -> Any:
    return client.call("GET", f"/api/endpoints/{client.number}/docker/distribution/{image}/json", headers=headers)


def images(client: Any) -> Any:
    return client.call("GET", f"/api/endpoints/{client.number}/docker/images/json").json()


@pytest.mark.parametrize(
    "image", ["nginx", "docker.io/library/nginx:1.27", "ghcr.io/o/app:2", "o/app@sha256:" + "a" * 64]
)
def test_an_image_that_is_there(client: Any, image: str) -> None:
    before = images(client)
    answer = ask(client, image)
    assert answer.status_code == 200
    assert set(answer.json()) == {"Descriptor", "Platforms"}
    assert answer.json()["Descriptor"]["digest"].startswith("sha256:")
    assert images(client) == before


@pytest.mark.parametrize(
    ("image", "headers", "status", "message"),
    [
        ("nginx:nosuch", {}, 404, "manifest unknown: manifest unknown"),
        ("nosuch/web:1", {}, 403, f"errors:\ndenied: requested access to the resource is denied\n{UNAUTHORIZED}\n"),
        (f"{PRIVATE}/team/app:1", {}, 500, "no basic auth credentials"),
        (f"{PRIVATE}/team/app:1", WRONG, 401, UNAUTHORIZED),
        (f"{PRIVATE}/team/app:1", OWN, 200, ""),
        (f"{PRIVATE}/team/app:nosuch", OWN, 404, "manifest unknown"),
    ],
)
def test_a_registry_s_answer(client: Any, image: str, headers: dict[str, str], status: int, message: str) -> None:
    answer = ask(client, image, **headers)
    assert answer.status_code == status
    if status != 200:
        assert set(answer.json()) == {"message"}
        assert message in answer.json()["message"]


def test_the_proxy_puts_no_sign_in_in(client: Any) -> None:
    body = {"Name": "r", "Type": 3, "URL": PRIVATE, "Authentication": True, "Username": USER, "Password": PASSWORD}
    number = client.call("POST", "/api/registries", json=body).json()["Id"]
    answer = ask(client, f"{PRIVATE}/team/app:1", **encoded(registryId=number))
    assert (answer.status_code, "no basic auth credentials" in answer.text) == (500, True)
