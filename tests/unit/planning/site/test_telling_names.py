"""Names and values of variables that nobody should see."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.site.plain_secrets import is_telling
from phoenix_providers.planning.telling_values import has_sign_in


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD", "dbPass", "DBPASS", "SMTP_PASS", "PASS", "rootpw", "DB_PWD", "NONCE_SALT", "PASSWORD_SALTS"),
        *(
            "APP_KEY",
            "GLOBALSETTINGS__INSTALLATION__KEY",
            "BW_INSTALLATION_KEY",
            "SESSION_KEYS",
            "LICENSE_KEY",
            "requirepass",
        ),
        *("MAILPW", "ncadminpw", "VNC_PW", "olcRootPW", "emailPwd", "LDAP_BINDPWD", "FLOWER_BASIC_AUTH", "NEO4J_AUTH"),
        *("VPN_IPSEC_PSK", "MY_PSK"),
    ],
)
def test_a_telling_name(name: str) -> None:
    assert is_telling(name, "value")


@pytest.mark.parametrize(
    "name",
    [
        "COMPASS",
        "TLS_BYPASS",
        "PASSES",
        "PASSENGER_PORT",
        "SALTSTACK",
        "BASALT",
        "HOTKEY",
        "KEYBOARD",
        "APP_KEYBOARD",
        "DB_USER",
        "OLDPWD",
        "ACCESS_TOKEN_EXPIRE_MINUTES",
        "REFRESH_TOKEN_LIFETIME",
        "BASIC_AUTH_ENABLED",
        "POSTGRES_HOST_AUTH_METHOD",
    ],
)
def test_a_harmless_name(name: str) -> None:
    assert not is_telling(name, "value")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("postgres://u:pw@host/x", True),
        ("redis://:pw@host", True),
        ("http://host:80/a@b", False),
        ("postgres://u:${PW}@host", False),
        ("postgres://u@host", False),
        ("postgres://u:$PW@host", False),
        ("postgres://u:$$cret@host", True),
        ("http://host:80?mail=a@b", False),
    ],
)
def test_an_address_with_a_password(value: str, expected: bool) -> None:
    assert has_sign_in(value) is expected
