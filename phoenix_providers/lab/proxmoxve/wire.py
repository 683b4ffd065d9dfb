"""Between protobuf's structures and plain values."""

from __future__ import annotations

from typing import Any

# Marks an object on the wire as a secret; part of Pulumi's protocol.
_SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"


def to_plain(struct: Any) -> dict[str, Any]:
    """Return a structure as a dictionary: whole numbers as integers, secrets without their wrapping."""
    return {name: _value(value) for name, value in struct.fields.items()}


def secret(value: Any) -> Any:
    """Wrap a value as a secret; one that is wrapped already stays as it is."""
    if isinstance(value, dict) and value.get(_SIGNATURE_KEY) == _SECRET:
        return value
    return {_SIGNATURE_KEY: _SECRET, "value": value}


def _value(value: Any) -> Any:
    match value.WhichOneof("kind"):
        case "number_value":
            number = value.number_value
            return int(number) if number == int(number) else number
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_value(element) for element in value.list_value.values]
        case "struct_value":
            inner = to_plain(value.struct_value)
            return inner["value"] if inner.get(_SIGNATURE_KEY) == _SECRET else inner
    return None
