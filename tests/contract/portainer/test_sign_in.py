"""Signing in, API keys, cookies."""

from __future__ import annotations

from typing import Any

import pytest

BAD_TOKEN = {"message": "Invalid JWT token", "details": "Unauthorized"}


def test_sign_in_gives_a_token_and_a_cookie(lab: Any) -> None:
    answer = lab.client().sign_in()
    cookie = answer.headers["Set-Cookie"]
    assert set(answer.json()) == {"jwt"}
    assert cookie.startswith("portainer_api_key=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


@pytest.mark.parametrize(
    ("body", "status", "message", "details"),
    [
        ({"Username": "admin", "Password": "bad"}, 422, "Invalid credentials", "Unauthorized"),
        ({"Username": "nobody", "Password": "bad"}, 422, "Invalid credentials", "Unauthorized"),
        ({"Username": "admin"}, 400, "Invalid request payload", "Invalid password"),
        ({"uSERNAME": "admin", "PASSWORD": "bad"}, 422, "Invalid credentials", "Unauthorized"),
    ],
)
def test_refused_sign_in(lab: Any, body: dict[str, str], status: int, message: str, details: str) -> None:
    answer = lab.client().raw("POST", "/api/auth", json=body)
    assert (answer.status_code, answer.json()) == (status, {"message": message, "details": details})


@pytest.mark.parametrize(
    ("headers", "status", "expected"),
    [
        ({}, 401, {"message": "A valid authorization token is missing", "details": "Unauthorized"}),
        ({"Authorization": "Bearer a.b.c"}, 401, BAD_TOKEN),
        ({"X-API-Key": "ptr_wrong"}, 401, BAD_TOKEN),
        ({"Cookie": "portainer_api_key=garbage"}, 401, BAD_TOKEN),
        (
            {"X-API-Key": "k", "Authorization": "Bearer t"},
            403,
            {
                "message": "api key and auth header are not allowed at the same time",
                "details": "Api key and auth header are not allowed at the same time",
            },
        ),
    ],
)
def test_bad_credentials(api: Any, headers: dict[str, str], status: int, expected: dict[str, str]) -> None:
    answer = api.raw("GET", "/api/endpoints", headers=headers)
    assert (answer.status_code, answer.json()) == (status, expected)


@pytest.mark.parametrize(("prefix", "status"), [("Bearer ", 200), ("", 200), ("bearer ", 401)])
def test_spelling_of_the_bearer_header(lab: Any, prefix: str, status: int) -> None:
    client = lab.client()
    token = client.sign_in().json()["jwt"]
    assert client.raw("GET", "/api/stacks", headers={"Authorization": f"{prefix}{token}"}).status_code == status
    assert client.raw("GET", "/api/stacks", params={"token": token}).status_code == 200


def test_api_key_lives_through_a_restart_and_a_session_does_not(lab: Any) -> None:
    client = lab.client()
    made = client.call("POST", "/api/users/1/tokens", json={"description": "k", "password": client.password})
    assert made.status_code == 201
    key = {"X-API-Key": made.json()["rawAPIKey"]}
    assert key["X-API-Key"].startswith("ptr_")
    assert client.raw("GET", "/api/users/me", headers=key).json()["Username"] == "admin"
    lab.restart()
    assert client.raw("GET", "/api/users/me", headers=key).status_code == 200
    old = client.call("GET", "/api/users/me")
    assert (old.status_code, old.json()) == (401, BAD_TOKEN)


@pytest.mark.parametrize(
    ("body", "user", "by_key"),
    [
        ({"description": "k"}, 1, False),
        ({"description": "k", "password": "wrong"}, 1, False),
        ({"description": "k", "password": "right"}, 2, False),
        ({"description": "k", "password": "right"}, 1, True),
    ],
)
def test_refused_api_keys(lab: Any, body: dict[str, str], user: int, by_key: bool) -> None:
    client = lab.client()
    if body.get("password") == "right":
        body = {**body, "password": client.password}
    good = {"description": "good", "password": client.password}
    key = client.call("POST", "/api/users/1/tokens", json=good).json()["rawAPIKey"]
    path = f"/api/users/{user}/tokens"
    answer = (
        client.raw("POST", path, json=body, headers={"X-API-Key": key})
        if by_key
        else client.call("POST", path, json=body)
    )
    assert answer.status_code == 403


def test_the_eleventh_fast_sign_in_bans_and_keys_go_on(lab: Any) -> None:
    client = lab.client()
    good = {"description": "good", "password": client.password}
    key = client.call("POST", "/api/users/1/tokens", json=good).json()["rawAPIKey"]
    statuses = [client.raw("POST", "/api/auth", json={"Username": "admin"}).status_code for _ in range(12)]
    assert statuses[:8] == [400] * 8
    assert statuses[-1] == 403
    banned = client.raw("POST", "/api/auth", json={"Username": "admin", "Password": client.password})
    assert banned.json() == {"message": "Access denied", "details": "Access denied to resource"}
    assert client.raw("GET", "/api/stacks", headers={"X-API-Key": key}).status_code == 200


def test_a_client_that_keeps_the_cookie_cannot_write(lab: Any) -> None:
    client = lab.client()
    token = client.sign_in().json()["jwt"]
    cookie = {"Cookie": f"portainer_api_key={token}"}
    read = client.raw("GET", "/api/tags", headers=cookie)
    assert read.status_code == 200
    assert "_gorilla_csrf=" in read.headers["Set-Cookie"]
    for headers in (cookie, {**cookie, "Authorization": f"Bearer {token}"}):
        answer = client.raw("POST", "/api/tags", json={"Name": "x"}, headers=headers)
        assert answer.status_code == 403
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.text == "Forbidden - CSRF token not found in request\n"
    csrf = read.headers["Set-Cookie"].split("_gorilla_csrf=")[1].split(";")[0]
    both = {"Cookie": f"portainer_api_key={token}; _gorilla_csrf={csrf}", "X-CSRF-Token": read.headers["X-CSRF-Token"]}
    assert client.raw("POST", "/api/tags", json={"Name": "x"}, headers=both).status_code == 200


def test_first_administrator(new_lab: Any, style: str) -> None:
    lab = new_lab(style, administrator=False)
    client, good = lab.client(), {"Username": "admin", "Password": "long enough to be good"}
    token = {"X-Setup-Token": lab.server.setup_token} if style == "async" else {}
    assert client.raw("GET", "/api/users/admin/check").status_code == 404
    if style == "async":
        assert client.raw("POST", "/api/users/admin/init", json=good).status_code == 403
    short = client.raw("POST", "/api/users/admin/init", json={**good, "Password": "short"}, headers=token)
    assert (short.status_code, short.json()["message"]) == (400, "Password does not meet the requirements")
    assert client.raw("POST", "/api/users/admin/init", json=good, headers=token).status_code == 200
    assert client.raw("GET", "/api/users/admin/check").status_code == 204
    assert client.raw("POST", "/api/users/admin/init", json=good, headers=token).status_code == 409
    assert client.raw("POST", "/api/auth", json=good).status_code == 200


def test_nobody_came_in_time(new_lab: Any, style: str) -> None:
    client = new_lab(style, administrator=False, administrator_window=0.0).client()
    for path in ("/api/system/status", "/api/users/admin/check", "/api/stacks"):
        answer = client.raw("GET", path, allow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["Redirect-Reason"] == "AdminInitTimeout"
        assert answer.json()["message"] == "Administrator initialization timeout"
