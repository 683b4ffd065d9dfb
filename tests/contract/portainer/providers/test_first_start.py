"""A fresh Portainer, sign-ins, and what a banned or refused client does."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.errors import NotReadyError, UnauthorizedError
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.operations.readiness import prepare, wait_until_ready

PASSWORD = "a-long-password-1"


def connect(
    lab: Any, password: str | None = PASSWORD, token: str = "", key: str = ""
) -> tuple[ClientsOfRun, PortainerServer]:
    credentials = Credentials(
        "admin",
        SecretStr(password) if password else None,
        SecretStr(key) if key else None,
        SecretStr(token) if token else None,
    )
    server = PortainerServer(lab.server.url, ca_file=str(lab.authority.ca_file))
    return ClientsOfRun(Settings(request_timeout=5.0, readiness_timeout=0.1), credentials), server


def wait(lab: Any, **options: str | None) -> None:
    made, server = connect(lab, **options)  # type: ignore[arg-type]
    wait_until_ready(made, ProductAddresses(portainer=server), lambda line: None, prepare)


def auths(lab: Any) -> int:
    return [item["path"] for item in lab.requests()].count("/api/auth")


def test_the_first_administrator_is_made(new_lab: Any, style: str) -> None:
    lab = new_lab(style, administrator=False)
    wait(lab, token=lab.server.setup_token)
    wait(lab, token=lab.server.setup_token)
    answer = lab.client().raw("POST", "/api/auth", json={"Username": "admin", "Password": PASSWORD})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("style_name", "options", "settings", "words"),
    [
        ("async", {}, {"token": "wrong"}, ["setup token", "phoenix:portainerSetupToken"]),
        ("async", {}, {}, ["setup token", "docker logs portainer"]),
        ("blocking", {}, {"password": "short"}, ["12 characters"]),
        ("blocking", {"administrator_window": -1.0}, {}, ["five minutes", "docker restart"]),
        ("blocking", {}, {"password": None}, ["no administrator yet"]),
    ],
)
def test_what_keeps_it_from_being_made_is_explained(
    new_lab: Any, style_name: str, options: dict[str, Any], settings: dict[str, Any], words: list[str]
) -> None:
    lab = new_lab(style_name, administrator=False, **options)
    with pytest.raises(NotReadyError) as caught:
        wait(lab, **settings)
    assert all(word in str(caught.value) for word in words), caught.value
    assert PASSWORD not in str(caught.value)


def test_a_refused_password_is_tried_once(lab: Any) -> None:
    made, server = connect(lab, password="wrong-password-1")
    session = made.portainer(server).session
    lab.client().sign_in()
    before = auths(lab)
    for _ in range(12):
        with pytest.raises(UnauthorizedError, match="refused the password"):
            session.read("/api/stacks")
    assert auths(lab) - before == 1
    assert lab.client().sign_in().status_code == 200


def test_tokens_that_are_never_accepted_do_not_lead_to_a_ban(lab: Any) -> None:
    made, server = connect(lab, password=lab.server.admin_password)
    session = made.portainer(server).session
    lab.control("faults", match={"method": "GET", "path": "/api/stacks"}, action="status", value=401, times=0)
    for _ in range(12):
        with pytest.raises(UnauthorizedError):
            session.read("/api/stacks")
    assert auths(lab) < 10
    assert lab.client().sign_in().status_code == 200


def test_a_key_is_preferred_to_a_password(lab: Any) -> None:
    client = lab.client()
    body = {"description": "phoenix", "password": client.password}
    key = client.call("POST", "/api/users/1/tokens", json=body).json()["rawAPIKey"]
    before = auths(lab)
    made, server = connect(lab, password=client.password, key=key)
    # Both at once would be refused.
    made.portainer(server).stacks.all()
    assert auths(lab) == before


def test_a_key_needs_no_sign_in(lab: Any) -> None:
    client = lab.client()
    body = {"description": "phoenix", "password": client.password}
    key = client.call("POST", "/api/users/1/tokens", json=body).json()["rawAPIKey"]
    before = auths(lab)
    made, server = connect(lab, password=None, key=key)
    made.portainer(server).stacks.all()
    assert auths(lab) == before
    lab.restart()
    made.portainer(server).stacks.fresh()
    refused, server = connect(lab, password=None, key="ptr_wrong")
    with pytest.raises(UnauthorizedError, match="refused the API key"):
        refused.portainer(server).stacks.all()
