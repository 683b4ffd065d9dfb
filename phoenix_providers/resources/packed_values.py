"""Nested data that the state has as one text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from phoenix_providers.resources.unknown_values import has_unknown


def packed(value: Any) -> Any:
    """Return nested data as one text, which is a third as long where the state is indented; else the value itself.

    The engine shows differences in such a text as it does those of nested data.
    """
    if not isinstance(value, Mapping | list) or has_unknown(value):
        return value
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def unpacked(value: Any) -> Any:
    """Return what was packed; an older version has stored it as it was."""
    return json.loads(value) if isinstance(value, str) else value
