"""Why no answer came, in words, and what shows the same from here."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import requests

CONNECT_SECONDS = 5.0
_HTTP, _HTTPS = 80, 443
_CONNECT_LIMIT = re.compile(r"connect timeout=([\d.]+)")


def was_not_sent(error: requests.RequestException) -> bool:
    """Whether no connection came about, so that nothing was sent."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    return any(
        name in repr(error)
        for name in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "CertificateError")
    )


def may_be_kept_out(error: requests.RequestException) -> bool:
    """Whether it looks as it does behind a firewall that drops or rejects; a name or a certificate is no such thing."""
    text = repr(error)
    signs = ("ConnectTimeout", "Connection refused", "No route to host")
    return was_not_sent(error) and any(sign in text for sign in signs) and "NameResolutionError" not in text


def reason(error: requests.RequestException) -> str:
    """Say in a few words what happened."""
    text = repr(error)
    limit = _CONNECT_LIMIT.search(text)
    known = (
        ("NameResolutionError", "the host name does not resolve"),
        ("Connection refused", "connection refused: nothing listens there"),
        ("WRONG_VERSION_NUMBER", "it does not speak https on this port"),
        ("ConnectTimeout", f"no connection within {float(limit[1]) if limit else CONNECT_SECONDS:.3g} s"),
        ("ReadTimeout", "no answer within the time limit"),
        ("Read timed out", "no answer within the time limit"),
        ("No route to host", "no route to host"),
        ("Connection aborted", "the connection was cut"),
        ("Connection reset", "the connection was cut"),
    )
    return next((meaning for sign, meaning in known if sign in text), type(error).__name__)


def look(error: str, url: str, path: str, address: str) -> tuple[str, ...]:
    """Return a command that shows the same from here, and `address`, the command that sets another one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (_HTTPS if parts.scheme == "https" else _HTTP)
    page = f"{url}{path.partition('?')[0]}"
    otherwise = (f"or correct the address: {address}",) if address else ()
    if "NameResolutionError" in error:
        return (f"getent hosts {host}", *otherwise)
    if any(sign in error for sign in ("Connection refused", "ConnectTimeout", "No route to host")):
        return (f"nc -vz {host} {port}", *otherwise)
    if "WRONG_VERSION_NUMBER" in error:
        return (f"curl -v {page.replace('https:', 'http:', 1)}", *otherwise)
    return (f"curl -v {page}",)
