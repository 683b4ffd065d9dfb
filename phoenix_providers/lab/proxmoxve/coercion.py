"""Values of another type than the property's, as the real plugin takes them: `dport: 443` is as good as "443"."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.lab.proxmoxve.errors import PluginError
from phoenix_providers.lab.proxmoxve.properties import Kind, Property

_SWITCHES = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}


def coerced(item: Property, value: Any) -> Any:
    """Return the value in the property's type if it can be; the check tells of what cannot.

    Errors:
        PluginError: a text that is no number where one belongs; not even a failure of the check.
    """
    if value == UNKNOWN:
        return value
    match item.kind:
        case Kind.TEXT:
            return _text(value)
        case Kind.SWITCH if isinstance(value, str):
            return _SWITCHES.get(value, value)
        case Kind.NUMBER if isinstance(value, str | float):
            return _number(item, value)
        case Kind.TEXTS | Kind.OBJECTS if not isinstance(value, list):
            return [value]
    return value


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _number(item: Property, value: str | float) -> int:
    try:
        return int(value)
    except ValueError:
        raise PluginError(f'{item.terraform_name}: strconv.ParseInt: parsing "{value}": invalid syntax') from None
