"""Settings of the provider, and whom the stand-in refuses to talk to."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

TOKEN = "user@pve!id=00000000-0000-0000-0000-000000000000"
DNS = {"nodeName": "pve", "domain": "home.lan"}


def test_configure_sends_nothing(plugin: Any, lab: Any) -> None:
    answer = plugin.engine.configure(endpoint=lab.server.url, apiToken=TOKEN)
    assert answer.supportsPreview
    assert lab.calls() == []


@pytest.mark.parametrize("ending", ["", "/", "/api2/json", "/api2/json/"])
def test_the_path_of_the_endpoint_does_not_matter(plugin: Any, lab: Any, ending: str) -> None:
    plugin.engine.configure(endpoint=lab.server.url + ending, apiToken=lab.server.token)
    assert plugin.engine.take_over("dns", "pve").state["domain"] == "lab.test"


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(
    "endpoint",
    ["https://127.0.0.1:8006", "https://192.0.2.1:8006", "https://proxmox.example", "{lab}:443", "{lab}0"],
)
def test_every_other_proxmox_is_refused(plugin: Any, lab: Any, endpoint: str) -> None:
    other = endpoint.format(lab=lab.server.url.removesuffix(":8006") if ":443" in endpoint else lab.server.url[:-1])
    with pytest.raises(Exception, match="stand-in for the proxmoxve plugin, which only talks to") as refused:
        plugin.engine.configure(endpoint=other, apiToken=lab.server.token)
    assert lab.server.url in str(refused.value)
    assert lab.server.token not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"apiToken": TOKEN}, "must specify a valid endpoint"),
        ({"endpoint": "http://127.0.0.1:8006", "apiToken": TOKEN}, "must specify a secure endpoint"),
        ({"endpoint": "LAB"}, "must provide either username and password, an API token, or a ticket"),
        ({"endpoint": "LAB", "username": "root@pam"}, "must provide either username and password"),
        ({"endpoint": "LAB", "username": "root", "password": "x"}, "must end with '@pve' or '@pam'"),
        ({"endpoint": "LAB", "apiToken": "user@pve!id"}, "USER@REALM!TOKENID=UUID"),
        ({"endpoint": "LAB", "apiToken": TOKEN, "minTls": "1.4"}, "unsupported minimal TLS version"),
    ],
)
def test_bad_settings(plugin: Any, lab: Any, settings: dict[str, str], reason: str) -> None:
    given = {name: lab.server.url if value == "LAB" else value for name, value in settings.items()}
    with pytest.raises(Exception, match=reason):
        plugin.engine.configure(**given)
    assert lab.calls() == []


def test_credentials_become_secrets(engine: Any) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": TOKEN}
    request = {"news": {"endpoint": "https://127.0.0.1", "apiToken": TOKEN}}
    answer = engine.call("CheckConfig", "CheckRequest", request)
    inputs = {
        name: dict(value.struct_value.items()) or value.string_value for name, value in answer.inputs.fields.items()
    }
    assert inputs == {"endpoint": "https://127.0.0.1", "apiToken": secret}


def test_another_endpoint_is_an_update_of_the_provider_in_place(engine: Any) -> None:
    structs = {"old_inputs": {"endpoint": "https://a"}, "news": {"endpoint": "https://b"}}
    provider = "urn:pulumi:dev::site::pulumi:providers:proxmoxve::it"
    answer = engine.call("DiffConfig", "DiffRequest", structs, urn=provider)
    assert (answer.diffs, answer.replaces) == (["endpoint"], [])


def test_a_wrong_token_fails_with_the_first_resource(plugin: Any, lab: Any) -> None:
    plugin.engine.configure(endpoint=lab.server.url, apiToken=TOKEN)
    with pytest.raises(Exception, match="received an HTTP 401 response - Reason: authentication failure"):
        plugin.engine.create("dns", DNS)


def test_a_password_signs_in_once_and_never_again(plugin: Any, lab: Any) -> None:
    plugin.engine.configure(endpoint=lab.server.url, username="root@pam", password="secret")
    created = plugin.engine.create("dns", DNS)
    assert plugin.engine.up(created, DNS | {"domain": "other.lan"}).done == "updated"
    assert [call for call in lab.calls() if "ticket" in call] == ["POST access/ticket"]
    lab.server.api.revoke_tickets()
    lab.forget()
    with pytest.raises(Exception, match="HTTP 401 response"):
        plugin.engine.refresh(created)
    assert lab.calls() == ["GET nodes/pve/dns"]


def test_environment_and_trust(
    executable: Path, engine_address: str, lab: Any, plugin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings come from the environment when they are not given; given ones win."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("PROXMOX_VE_ENDPOINT", lab.server.url)
    monkeypatch.setenv("PROXMOX_VE_API_TOKEN", lab.server.token)
    other = type(plugin)(executable, engine_address)
    try:
        other.engine.configure()
        with pytest.raises(
            Exception, match=r"failed to perform HTTP GET request.*tls: failed to verify certificate: x509: "
        ):
            other.engine.take_over("dns", "pve")
        other.engine.configure(insecure="true")
        assert other.engine.take_over("dns", "pve").state["domain"] == "lab.test"
        other.engine.configure(insecure="true", apiToken=TOKEN)
        with pytest.raises(Exception, match="HTTP 401"):
            other.engine.take_over("dns", "pve")
    finally:
        other.end()


@pytest.mark.usefixtures("stand_in")
def test_a_plugin_ends_when_its_engine_does_not_answer(executable: Path, engine_address: str, plugin: Any) -> None:
    """The real one does too, but asks every five minutes only."""
    every = ("--ask-engine-every", "0.2")
    alone, answered = (type(plugin)(executable, address, *every) for address in ("127.0.0.1:9", engine_address))
    try:
        assert alone.process.wait(10) == 0
        assert answered.process.poll() is None
    finally:
        alone.end()
        answered.end()


@pytest.mark.usefixtures("stand_in")
def test_the_executable_names_its_lab(executable: Path, lab: Any) -> None:
    assert executable.name == "pulumi-resource-proxmoxve"
    assert os.access(executable, os.X_OK)
    assert f"--endpoint {lab.server.url}" in executable.read_text()
    assert subprocess.run(["sh", "-n", str(executable)], check=False).returncode == 0
