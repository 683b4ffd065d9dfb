"""Settings of this run against those of the state's providers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from phoenix_providers.cli.engine.changed_settings import has_changed_settings

SETTINGS = {
    "phoenix:portainerUrl": "https://192.0.2.5:9443",
    "phoenix:portainerPassword": "an old password",
    "phoenix:secrets": '{"A":"b"}',
    "proxmoxve:endpoint": "https://192.0.2.1:8006",
    "proxmoxve:apiToken": "phoenix@pve!sync=1",
}


def secret(text: str) -> Mapping[str, str]:
    """As the engine exports it in clear."""
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": json.dumps(text)}


def provider(kind: str, inputs: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
    urn = f"urn:pulumi:prod::site::pulumi:providers:{kind}::default"
    return {"urn": urn, "type": f"pulumi:providers:{kind}", "inputs": inputs, **more}


OURS = {
    key: secret(value) if key.endswith(("Password", "secrets", "Token")) else value for key, value in SETTINGS.items()
}
PLUGINS = {"endpoint": "https://192.0.2.1:8006", "apiToken": secret("phoenix@pve!sync=1"), "version": "8.6.0"}
STATE = [
    {"urn": "urn:pulumi:prod::site::pulumi:pulumi:Stack::site-prod", "type": "pulumi:pulumi:Stack"},
    provider("pulumi", {}),
    provider("pulumi-python", OURS),
    provider("proxmoxve", PLUGINS),
]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PROXMOX_VE_ENDPOINT", "PROXMOX_VE_API_TOKEN", "PROXMOX_VE_INSECURE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"pulumi:tags": "{}"}, False),
        ({"phoenix:portainerPassword": "a new password"}, True),
        ({"phoenix:secrets": '{"A":"c"}'}, True),
        ({"phoenix:portainerUrl": "https://192.0.2.6:9443"}, True),
        ({"phoenix:requestTimeout": "4"}, True),
        ({"proxmoxve:apiToken": "phoenix@pve!sync=2"}, True),
    ],
)
def test_a_change_is_seen(change: dict[str, str], expected: bool) -> None:
    assert has_changed_settings(STATE, SETTINGS | change) is expected


def test_a_setting_that_is_gone_is_a_change() -> None:
    left = {key: value for key, value in SETTINGS.items() if key != "phoenix:portainerUrl"}
    assert has_changed_settings(STATE, left)


def test_before_the_first_run_nothing_has_changed() -> None:
    assert not has_changed_settings([], SETTINGS)
    assert not has_changed_settings(STATE[:2], SETTINGS)


def test_a_provider_that_is_about_to_be_deleted_does_not_count() -> None:
    assert not has_changed_settings([*STATE, provider("pulumi-python", {}, delete=True)], SETTINGS)


@pytest.mark.parametrize(("token", "expected"), [("phoenix@pve!sync=1", False), ("phoenix@pve!sync=2", True)])
def test_the_environment_counts_where_the_settings_say_nothing(
    monkeypatch: pytest.MonkeyPatch, token: str, expected: bool
) -> None:
    without = {key: value for key, value in SETTINGS.items() if key != "proxmoxve:apiToken"}
    state = [provider("pulumi-python", {key: OURS[key] for key in without}), provider("proxmoxve", PLUGINS)]
    monkeypatch.setenv("PROXMOX_VE_API_TOKEN", token)
    assert has_changed_settings(state, without) is expected
