"""Values that nobody knows before the run."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi.output import Unknown


def has_unknown(value: object) -> bool:
    """Whether a value, at any depth, is not known before the run."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    return False
