"""Values in answers of Proxmox, read with the real plugin's strictness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.errors import ApiError


def as_bool(value: Any) -> bool:
    """Read a switch: only true and 1 are on; a quoted "1", 2 and nothing at all are off."""
    return value is True or (type(value) is int and value == 1)


def as_text(answer: Mapping[str, Any], name: str) -> str | None:
    """Read a text, or None when it is absent.

    Errors:
        ApiError: it is there, but not as a text.
    """
    value = answer.get(name)
    if value is not None and not isinstance(value, str):
        kind = "bool" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "object"
        raise ApiError(
            "failed to decode HTTP GET response - Reason: "
            f"json: cannot unmarshal {kind} into Go struct field data.{name} of type string"
        )
    return value
