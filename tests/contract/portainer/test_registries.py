"""Registries of images, as the API has them; a real server is left as it was."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests


@pytest.fixture
def old(new_lab: Callable[..., Any]) -> Any:
    """A client of the oldest line, whose answers differ here."""
    return new_lab("early").client()


@pytest.fixture
def make(api: Any) -> Iterator[Callable[..., Any]]:
    """Create registries, which are removed afterwards."""
    names: list[str] = []

    def create(name: str, **changes: Any) -> Any:
        names.append(name)
        body = {
            "Name": name,
            "Type": 3,
            "URL": f"{name}.invalid:5000",
            "Authentication": True,
            "Username": "lab",
            "Password": "canary-registry",
        }
        return api.call("POST", "/api/registries", json=body | changes)

    yield create
    for registry in listed(api):
        if registry["Name"] in names:
            api.call("DELETE", f"/api/registries/{registry['Id']}")


def listed(api: Any) -> list[dict[str, Any]]:
    return list(api.call("GET", "/api/registries").json())


def one(api: Any, name: str) -> dict[str, Any]:
    return next(item for item in listed(api) if item["Name"] == name)


def test_a_registry_is_listed_without_its_password(api: Any, make: Callable[..., Any]) -> None:
    name = f"r{uuid.uuid4().hex[:8]}"
    made = make(name)
    assert made.status_code == 200, made.text
    registry = one(api, name)
    assert (registry["URL"], registry["Username"], registry["Authentication"]) == (f"{name}.invalid:5000", "lab", True)
    single = api.call("GET", f"/api/registries/{registry['Id']}").text
    assert "canary-registry" not in made.text + single
    assert ("canary-registry" in api.call("GET", "/api/registries").text) == api.early


def test_the_oldest_line_lists_passwords_and_panics_at_what_is_gone(old: Any) -> None:
    body = {"Name": "r", "Type": 3, "URL": "r.invalid", "Authentication": True, "Username": "u", "Password": "canary"}
    made = old.call("POST", "/api/registries", json=body)
    (registry,) = listed(old)
    assert (registry["Password"], registry["ManagementConfiguration"]["Password"]) == ("canary", "canary")
    assert "canary" not in made.text + old.call("GET", f"/api/registries/{registry['Id']}").text
    assert old.call("DELETE", f"/api/registries/{registry['Id']}").status_code == 204
    assert_absent(old, registry["Id"])
    assert old.call("GET", "/api/registries").status_code == 200


def test_a_name_and_a_sign_in_are_taken_once(api: Any, make: Callable[..., Any]) -> None:
    name, other = (f"r{uuid.uuid4().hex[:8]}" for _ in range(2))
    assert make(name).status_code == 200
    assert make(name, URL="elsewhere.invalid").status_code == 409
    assert make(other, URL=f"{name}.invalid:5000").status_code == 409
    assert make(other, URL=f"{name}.invalid:5000", Username="another").status_code == 200


@pytest.mark.parametrize("lacking", ["Name", "URL", "Username", "Password"])
def test_a_form_that_lacks_something_is_refused(make: Callable[..., Any], lacking: str) -> None:
    name = f"r{uuid.uuid4().hex[:8]}"
    assert make(name, **{lacking: ""}).status_code == 400


def test_an_update_keeps_what_it_does_not_name(api: Any, make: Callable[..., Any], environment: int) -> None:
    name = f"r{uuid.uuid4().hex[:8]}"
    number = make(name).json()["Id"]
    policies = {"UserAccessPolicies": {}, "TeamAccessPolicies": {}}
    assert api.call("PUT", f"/api/endpoints/{environment}/registries/{number}", json=policies).status_code == 204
    assert api.call("PUT", f"/api/registries/{number}", json={"URL": "moved.invalid"}).status_code == 200
    there = api.call("GET", f"/api/endpoints/{environment}/registries").json()
    registry = next(item for item in there if item["Id"] == number)
    assert (registry["URL"], registry["Username"]) == ("moved.invalid", "lab")
    assert list(registry["RegistryAccesses"]) == [str(environment)]


def test_a_registry_is_deleted_once(api: Any, make: Callable[..., Any]) -> None:
    name = f"r{uuid.uuid4().hex[:8]}"
    number = make(name).json()["Id"]
    assert api.call("DELETE", f"/api/registries/{number}").status_code == 204
    assert all(item["Id"] != number for item in listed(api))
    assert_absent(api, number)


def assert_absent(api: Any, number: int) -> None:
    if api.early:
        with pytest.raises(requests.ConnectionError):
            api.call("DELETE", f"/api/registries/{number}")
    else:
        assert api.call("DELETE", f"/api/registries/{number}").status_code in (404, 500)


def test_an_environment_that_is_not_there_cannot_be_admitted(api: Any, make: Callable[..., Any]) -> None:
    number = make(f"r{uuid.uuid4().hex[:8]}").json()["Id"]
    assert api.call("PUT", f"/api/endpoints/999999/registries/{number}", json={}).status_code == 404
