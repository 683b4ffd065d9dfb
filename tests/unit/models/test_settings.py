"""Settings of the Pulumi stack, and what stands against them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.errors import ConfigurationError, UsageError
from phoenix_providers.models.credentials import Credentials, secret_values
from phoenix_providers.models.settings import SETTING_KEYS, Settings, parse_overrides
from phoenix_providers.models.site import PortainerApi

_SECRETS = {
    "portainerPassword": "canary-password",
    "portainerApiKey": "canary-key",
    "secrets": json.dumps({"DB": "canary-db", "NUMBER": 5}),
}


@pytest.mark.parametrize(
    ("raw", "field", "value"),
    [
        ({}, "environment", "production"),
        ({"settle": "0.5"}, "settle", 0.5),
        ({"readinessTimeout": "30"}, "readiness_timeout", 30),
        ({"portainerInsecure": "true"}, "portainer_insecure", True),
        ({"portainerInsecure": "false"}, "portainer_insecure", False),
        ({"entryPoints": '["web", "websecure"]'}, "entry_points", ("web", "websecure")),
        ({"entryPoints": "web, websecure"}, "entry_points", ("web", "websecure")),
        ({"entryPoints": "web"}, "entry_points", ("web",)),
        ({"retry": "[]"}, "retry", ()),
        ({"allowDelete": "whoami@111"}, "allow_delete", ("whoami@111",)),
        ({"addressOverrides": '{"ca": "10.0.0.13"}'}, "address_overrides", {"ca": "10.0.0.13"}),
        ({"firewallPlacement": "cluster"}, "firewall_placement", "cluster"),
        ({"traefikTarget": "pct://root@10.0.0.10/102/etc/traefik"}, "traefik_target", "pct://root@10.0.0.10/102/etc/traefik"),
        ({"gateway": "10.0.0.11"}, "gateway", "10.0.0.11"),
        (_SECRETS, "secrets", frozenset({"DB", "NUMBER"})),
        (_SECRETS, "has_portainer_password", True),
        (_SECRETS, "has_portainer_api_key", True),
        ({}, "has_portainer_password", False),
    ],
)  # fmt: skip
def test_values(raw: Mapping[str, str], field: str, value: Any) -> None:
    assert getattr(Settings.from_raw(raw), field) == value


@pytest.mark.parametrize(
    ("key", "text", "where", "expected", "next_step"),
    [
        ("settle", "soon", "phoenix:settle", "a number", "pulumi config set phoenix:settle 3"),
        ("settle", "-1", "phoenix:settle", "greater than or equal to 0", "phoenix:settle 3"),
        ("requestTimeout", "0", "phoenix:requestTimeout", "greater than 0", "phoenix:requestTimeout 30"),
        ("deleteThreshold", "120", "phoenix:deleteThreshold", "less than or equal to 100", "deleteThreshold 30"),
        ("portainerInsecure", "maybe", "phoenix:portainerInsecure", "true or false", "phoenix:portainerInsecure false"),
        ("firewallPlacement", "both", "phoenix:firewallPlacement", "'guest' or 'cluster'", "firewallPlacement guest"),
        ("addressOverrides", "10.0.0.1", "phoenix:addressOverrides", "a mapping", "--path"),
        ("addressOverrides", '{"ca": "nowhere"}', "phoenix:addressOverrides.ca", "an IP address", "--path"),
        ("serversTransport", '{"rootCA": "x"}', "phoenix:serversTransport.rootCA", "no such key", "--path"),
        ("traefikTarget", "ftp://host/dir", "phoenix:traefikTarget", "ssh://user@host/dir", "phoenix:traefikTarget"),
        ("dnsServer", "ns.home.lan", "phoenix:dnsServer", "IP or IP:PORT", "phoenix:dnsServer"),
        ("dnsServer", "10.0.0.13:dns", "phoenix:dnsServer", "IP or IP:PORT", "phoenix:dnsServer"),
        ("traefikTarget", "ssh://host", "phoenix:traefikTarget", "ssh://user@host/dir", "phoenix:traefikTarget"),
        ("portainerUrl", "10.0.0.110:9443", "phoenix:portainerUrl", "https://", "phoenix:portainerUrl https://"),
        ("traefikApiUrl", "http://me:canary@10.0.0.12", "phoenix:traefikApiUrl", "without user and password", "http://"),
        ("traefikApiUrl", "http://me:canary/x@10.0.0.12", "phoenix:traefikApiUrl", "without user and", "http://"),
        ("portainerUrl", "https://10.0.0.110:99999", "phoenix:portainerUrl", "a port from 1", "https://"),
        ("portainerUrl", "https://portainer:https", "phoenix:portainerUrl", "a port from 1", "https://"),
        ("portainerUrl", "https://canary@10.0.0.12", "phoenix:portainerUrl", "without user and password", "https://"),
        ("traefikApiUrl", "http://10.0.0.12/dashboard/#/", "phoenix:traefikApiUrl", "nothing behind them", "http://"),
        ("traefikApiUrl", "http://", "phoenix:traefikApiUrl", "a host", "http://"),
        ("traefikTarget", "ssh://root:canary@10.0.0.12/etc", "phoenix:traefikTarget", "without a password", "ssh://"),
        ("secrets", "canary", "phoenix:secrets", "a map", "pulumi config set --secret --path phoenix:secrets.NAME"),
        ("portainerPasswrd", "canary", "phoenix:portainerPasswrd", "`portainerPassword`",
         "pulumi config rm phoenix:portainerPasswrd && pulumi config set --secret phoenix:portainerPassword"),
        ("configdir", "x", "phoenix:configdir", "`configDir`", "pulumi config set phoenix:configDir"),
        ("qwertz", "x", "phoenix:qwertz", "one of addressOverrides", "pulumi config rm phoenix:qwertz"),
    ],
)  # fmt: skip
def test_wrong_settings(key: str, text: str, where: str, expected: str, next_step: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_raw({key: text})
    (reason,) = caught.value.reasons
    assert reason.where == where
    assert expected in reason.expected
    assert next_step in reason.next_step
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.12:8080", "https://traefik.home.example/base/", "http://[fd00::1]:8080"]
)
def test_addresses_may_have_port_and_path(url: str) -> None:
    assert Settings.from_raw({"traefikApiUrl": url}).traefik_api_url == url


@pytest.mark.parametrize("target", ["/etc/a:b@c", "ssh://root@[fd00::1]:22/etc/a:b", "pct://root@pve:22/102/etc"])
def test_targets_may_have_colons(target: str) -> None:
    assert Settings.from_raw({"traefikTarget": target}).traefik_target == target


def test_all_wrong_settings_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_raw({"settle": "soon", "gatway": "x", "secrets": "[]", "requestTimeout": "never"})
    assert {reason.where for reason in caught.value.reasons} == {
        "phoenix:settle",
        "phoenix:gatway",
        "phoenix:secrets",
        "phoenix:requestTimeout",
    }


def test_secrets_are_nowhere_to_be_seen() -> None:
    settings, credentials = Settings.from_raw(_SECRETS), Credentials.from_raw(_SECRETS)
    shown = repr(settings) + settings.model_dump_json() + repr(credentials) + str(credentials)
    assert "canary" not in shown


def test_credentials() -> None:
    credentials = Credentials.from_raw({**_SECRETS, "portainerUser": "keeper"})
    assert credentials.user == "keeper"
    assert credentials.password is not None
    assert credentials.password.get_secret_value() == "canary-password"
    assert credentials.api_key is not None
    assert credentials.api_key.get_secret_value() == "canary-key"
    assert secret_values(_SECRETS) == {"DB": "canary-db", "NUMBER": "5"}


def test_credentials_of_an_existing_site_file_come_second() -> None:
    api = PortainerApi.model_validate({"admin_user": "keeper", "admin_password": "from-file"})
    from_file = Credentials.from_raw({}, api)
    assert from_file.password is not None
    assert (from_file.user, from_file.password.get_secret_value()) == ("keeper", "from-file")
    set_in_stack = Credentials.from_raw({"portainerPassword": "from-stack"}, api)
    assert set_in_stack.password is not None
    assert set_in_stack.password.get_secret_value() == "from-stack"


@pytest.mark.parametrize(
    ("pairs", "raw"),
    [
        (["settle=5"], {"gateway": "x", "settle": "5"}),
        (["phoenix:gateway=y=z"], {"gateway": "y=z"}),
        (["addressOverrides.ca.a.b=10.0.0.13"], {"gateway": "x", "addressOverrides": '{"ca.a.b": "10.0.0.13"}'}),
        (["secrets.A=1", "secrets.B=2"], {"gateway": "x", "secrets": '{"A": "1", "B": "2"}'}),
        (["gateway="], {"gateway": ""}),
    ],
)  # fmt: skip
def test_overrides(pairs: list[str], raw: Mapping[str, str]) -> None:
    assert parse_overrides(pairs, {"gateway": "x"}) == raw


def test_overrides_leave_the_other_entries_of_a_map() -> None:
    merged = parse_overrides(["addressOverrides.b=10.0.0.2"], {"addressOverrides": '{"a": "10.0.0.1"}'})
    assert Settings.from_raw(merged).address_overrides == {"a": "10.0.0.1", "b": "10.0.0.2"}


@pytest.mark.parametrize(
    ("pair", "seen"),
    [("settle", "settle"), ("=5", "no key"), ("addressOverrides.=1", "KEY.NAME"), ("settle.x=1", "settle.x")],
)
def test_overrides_that_cannot_be_read(pair: str, seen: str) -> None:
    with pytest.raises(UsageError, match=seen):
        parse_overrides([pair])


def test_a_value_with_a_wrong_key_is_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        parse_overrides(["portainerPassword.x=canary"])
    assert "canary" not in str(caught.value)


def test_relative_paths_are_relative_to_the_project(tmp_path: Path) -> None:
    settings = Settings(config_dir="conf", portainer_ca_file="../ca.pem", traefik_target="out").resolve(tmp_path)
    assert settings.config_folder == tmp_path / "conf"
    assert settings.portainer_ca_file == str(tmp_path.parent / "ca.pem")
    assert settings.traefik_target == str(tmp_path / "out")
    remote = Settings(config_dir="/etc/phoenix", traefik_target="ssh://root@host/dir").resolve(tmp_path)
    assert (remote.config_dir, remote.traefik_target) == ("/etc/phoenix", "ssh://root@host/dir")


def test_every_setting_has_a_key() -> None:
    assert {"configDir", "portainerPassword", "secrets", "serversTransport"} <= SETTING_KEYS
    assert "hasPortainerPassword" not in SETTING_KEYS
