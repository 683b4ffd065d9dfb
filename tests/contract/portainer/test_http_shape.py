"""Routes, methods, identifiers: what the server says before it does anything."""

from __future__ import annotations

import re
from typing import Any

import pytest

NO_STACK = "Unable to find a stack with the specified identifier inside the database"
NO_ENVIRONMENT = "Unable to find an environment with the specified identifier inside the database"


@pytest.mark.parametrize("path", ["/api/nope", "/nope", "/api/stacks/", "/api/endpoints/"])
def test_unknown_route(api: Any, path: str) -> None:
    answer = api.call("GET", path)
    assert (answer.status_code, answer.text) == (404, "404 page not found\n")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(("method", "path"), [("HEAD", "/api/stacks"), ("PATCH", "/api/stacks/1")])
def test_wrong_method(api: Any, method: str, path: str) -> None:
    answer = api.call(method, path)
    assert (answer.status_code, answer.text) == (405, "")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message", "details"),
    [
        ("GET", "/api/stacks/99999", None, 404, NO_STACK, "bucket=stacks, key=99999"),
        ("GET", "/api/stacks/99999/file", None, 404, NO_STACK, "bucket=stacks, key=99999"),
        ("GET", "/api/stacks/abc", None, 400, "Invalid stack identifier route variable", 'parsing "abc"'),
        ("GET", "/api/endpoints/999", None, 404, NO_ENVIRONMENT, "bucket=endpoints, key=999"),
        ("GET", "/api/endpoints/abc", None, 400, "Invalid environment identifier route variable", 'parsing "abc"'),
        ("PUT", "/api/endpoints/999", {"Name": "q"}, 404, NO_ENVIRONMENT, "bucket=endpoints, key=999"),
        ("DELETE", "/api/endpoints/999", None, 404, NO_ENVIRONMENT, "bucket=endpoints, key=999"),
        ("GET", "/api/endpoints/999/docker/info", None, 404, NO_ENVIRONMENT, "bucket=endpoints, key=999"),
        ("PUT", "/api/stacks/999?endpointId=1", {"stackFileContent": "x"}, 404, NO_STACK, "bucket=stacks, key=999"),
        ("DELETE", "/api/stacks/999?endpointId=1", None, 404, NO_STACK, "bucket=stacks, key=999"),
        (
            "POST",
            "/api/stacks/create/standalone/string",
            {"name": "a", "stackFileContent": "x"},
            400,
            "Invalid query parameter: endpointId",
            "Missing query parameter",
        ),
        (
            "POST",
            "/api/stacks/create/standalone/string?endpointId=999",
            {"name": "a", "stackFileContent": "x"},
            404,
            NO_ENVIRONMENT,
            "bucket=endpoints, key=999",
        ),
        ("GET", '/api/stacks?filters={"EndpointID":"1"}', None, 400, "Invalid query parameter: filters", "EndpointID"),
        ("GET", "/api/stacks?filters={bad", None, 400, "Invalid query parameter: filters", "Json: expected"),
    ],
)
def test_refusals(
    api: Any, method: str, path: str, body: dict[str, str] | None, status: int, message: str, details: str
) -> None:
    answer = api.call(method, path, json=body)
    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert details.lower() in answer.json()["details"].lower()


def test_an_unknown_way_to_give_the_file(api: Any, environment: int) -> None:
    path = f"/api/stacks/create/standalone/bogus?endpointId={environment}"
    answer = api.call("POST", path, json={"name": "a", "stackFileContent": "x"})
    message = "Invalid value for query parameter: method. Value must be one of: string, repository or file"
    assert (answer.status_code, answer.json()) == (400, {"message": message, "details": "Invalid query parameter"})


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"name": "", "stackFileContent": "x"}, "Invalid stack name"),
        ({"name": "nox", "stackFileContent": ""}, "Invalid stack file content"),
        ({}, "Invalid stack name"),
    ],
)
def test_refused_stack_bodies(api: Any, environment: int, body: dict[str, str], details: str) -> None:
    answer = api.call("POST", f"/api/stacks/create/standalone/string?endpointId={environment}", json=body)
    assert (answer.status_code, answer.json()) == (400, {"message": "Invalid request payload", "details": details})


@pytest.mark.parametrize(("raw", "details"), [("", "EOF"), ('{"name":', "Unexpected EOF")])
def test_broken_bodies(api: Any, environment: int, raw: str, details: str) -> None:
    answer = api.call("POST", f"/api/stacks/create/standalone/string?endpointId={environment}", data=raw)
    assert (answer.status_code, answer.json()) == (400, {"message": "Invalid request payload", "details": details})


def test_status_is_public(api: Any) -> None:
    for path in ("/api/system/status", "/api/status"):
        answer = api.raw("GET", path)
        assert set(answer.json()) == {"Version", "InstanceID"}
        assert re.match(r"2\.\d+\.\d+", answer.json()["Version"])


def test_tags_and_groups(api: Any, name: str) -> None:
    made = api.call("POST", "/api/tags", json={"Name": name})
    assert (made.status_code, made.json()["Name"]) == (200, name)
    again = api.call("POST", "/api/tags", json={"Name": name})
    assert again.status_code == 409
    assert again.json()["message"] == "This name is already associated to a tag"
    assert api.call("DELETE", f"/api/tags/{made.json()['ID']}").status_code == 204
    groups = [api.call("POST", "/api/endpoint_groups", json={"Name": name}) for _ in range(2)]
    assert [group.status_code for group in groups] == [200, 200]
    for group in groups:
        assert api.call("DELETE", f"/api/endpoint_groups/{group.json()['Id']}").status_code == 204
    assert api.call("DELETE", "/api/endpoint_groups/1").status_code == 403
