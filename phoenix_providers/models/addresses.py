"""IP addresses as the files write them."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_interface

from pydantic import JsonValue


def interface_or(*words: str) -> Callable[[object], object]:
    """Return a validator for an address with optional prefix length, or one of these words; empty text is None."""

    def check(value: object) -> object:
        if value is None or isinstance(value, dict | list):
            return value
        text = str(value).strip()
        if not text:
            return None
        if text.lower() in words:
            return text
        try:
            ip_interface(text)
        except ValueError:
            allowed = " or ".join(["an IP address such as 10.0.0.11/24", *(f'"{word}"' for word in words)])
            raise ValueError(f"expected {allowed}") from None
        return text

    return check


def interface_schema(*words: str) -> dict[str, JsonValue]:
    """Return what editors check of the same: the shape, not the ranges."""
    shapes = "|".join(
        [r"[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?", r"[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(/[0-9]{1,3})?", *words]
    )
    return {"type": ["string", "null"], "pattern": f"^({shapes})$"}


def address(value: object) -> object:
    """Validate an address without prefix length."""
    if value is None or isinstance(value, dict | list):
        return value
    text = str(value).strip()
    try:
        ip_address(text)
    except ValueError:
        raise ValueError("expected an IP address such as 10.0.0.11") from None
    return text


def address_of_interface(value: object) -> object:
    """Validate an address with optional prefix length, and leave that away; empty text is None."""
    checked = interface_or()(value)
    return str(ip_interface(checked).ip) if isinstance(checked, str) else checked


def address_and_port(text: str, default_port: int) -> tuple[str, int]:
    """Read `IP`, `IP:PORT` or, of IPv6, `[IP]:PORT`; raises ValueError."""
    before, colon, after = text.rpartition(":")
    if colon and after.isdecimal() and (before.count(":") == 0 or before.endswith("]")):
        return str(ip_address(before.removeprefix("[").removesuffix("]"))), int(after)
    return str(ip_address(text.removeprefix("[").removesuffix("]"))), default_port
