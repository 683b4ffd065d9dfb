"""The provider's configuration: from the engine, else from the environment."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from phoenix_providers.lab.proxmoxve.errors import PluginError

SECRETS = ("apiToken", "authTicket", "csrfPreventionToken", "password")

_VARIABLES = {
    "endpoint": "PROXMOX_VE_ENDPOINT",
    "insecure": "PROXMOX_VE_INSECURE",
    "minTls": "PROXMOX_VE_MIN_TLS",
    "apiToken": "PROXMOX_VE_API_TOKEN",
    "authTicket": "PROXMOX_VE_AUTH_TICKET",
    "csrfPreventionToken": "PROXMOX_VE_CSRF_PREVENTION_TOKEN",
    "username": "PROXMOX_VE_USERNAME",
    "password": "PROXMOX_VE_PASSWORD",
}
_TOKEN = re.compile(r"^\S+@\w+!\S+=[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}$")
_TLS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}

_ENDPOINT = "you must specify a {} endpoint for the Proxmox Virtual Environment API (valid: https://host:port/)"


@dataclass(frozen=True)
class Settings:
    """Checked configuration; a token is preferred to a ticket, a ticket to a password.

    Attributes:
        address: Host and port.
    """

    address: tuple[str, int]
    insecure: bool
    least_tls: ssl.TLSVersion
    token: str
    ticket: str
    csrf_token: str
    username: str
    password: str


def parse_settings(configured: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Check the configuration, without a request.

    Errors:
        PluginError: the first problem found.
    """
    texts = {name: _text(configured.get(name), environment.get(_VARIABLES[name], "")) for name in _VARIABLES}
    settings = Settings(
        address=address_of(texts["endpoint"]),
        insecure=texts["insecure"] in ("true", "1"),
        least_tls=_least_tls(texts["minTls"]),
        token=texts["apiToken"],
        ticket=texts["authTicket"],
        csrf_token=texts["csrfPreventionToken"],
        username=texts["username"],
        password=texts["password"],
    )
    _check_credentials(settings)
    return settings


def address_of(endpoint: str) -> tuple[str, int]:
    """Return host and port of an endpoint; any path in it is dropped.

    Errors:
        PluginError: missing, not https, or not an address at all.
    """
    parts = urlsplit(endpoint)
    if not parts.scheme or not parts.hostname:
        raise PluginError(_ENDPOINT.format("valid"))
    if parts.scheme != "https":
        raise PluginError(_ENDPOINT.format("secure"))
    return parts.hostname, parts.port or 443


def _text(value: Any, fallback: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value else fallback


def _least_tls(version: str) -> ssl.TLSVersion:
    try:
        return _TLS[version or "1.3"]
    except KeyError:
        raise PluginError(f"unsupported minimal TLS version {version}, must be one of: , {', '.join(_TLS)}") from None


def _check_credentials(settings: Settings) -> None:
    if settings.token:
        if not _TOKEN.match(settings.token):
            raise PluginError("the API token must be in the format 'USER@REALM!TOKENID=UUID'")
    elif settings.ticket and settings.csrf_token:
        return
    elif not (settings.username and settings.password):
        raise PluginError("must provide either username and password, an API token, or a ticket")
    elif not settings.username.endswith(("@pve", "@pam")):
        raise PluginError("the username must end with '@pve' or '@pam'")
