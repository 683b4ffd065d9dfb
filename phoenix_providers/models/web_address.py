"""Addresses of products in settings: they are shown, and stored in the state, so no secret may stand in them."""

from __future__ import annotations

from urllib.parse import urlsplit


def web_address(value: object) -> object:
    """Validate `http(s)://HOST[:PORT][/PATH]`."""
    if not isinstance(value, str):
        return value
    if not value.startswith(("http://", "https://")):
        raise ValueError("expected an address that begins with https:// or http://")
    if "@" in value:
        raise ValueError("expected an address without user and password, since everybody sees it")
    if not urlsplit(value).hostname or "?" in value or "#" in value:
        raise ValueError("expected a host, as you like with port and path, and nothing behind them")
    try:
        _ = urlsplit(value).port
    except ValueError:
        raise ValueError("expected a port from 1 to 65535 behind the colon") from None
    return value
