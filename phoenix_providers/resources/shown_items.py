"""Inputs that are there to be shown: one for each thing of which a resource has many.

`--diff` shows a change within a list or a text with much around it, and a property of its own on one line. So a
provider gives such inputs in `check`, and in a `read` that finds something else; no method is given them, and no
output has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from phoenix_providers.models.engine_properties import Properties, StoredProperties

# No other property has one in its name.
_BETWEEN = " "


def item(words: Iterable[str]) -> str:
    """Return the name of such an input."""
    return _BETWEEN.join(words)


def without_items(properties: StoredProperties) -> StoredProperties:
    """Return properties without these."""
    return {key: value for key, value in properties.items() if _BETWEEN not in key}


def only_items(properties: StoredProperties) -> Properties:
    """Return these alone."""
    return {key: value for key, value in properties.items() if _BETWEEN in key}


def changed_items(before: StoredProperties, now: StoredProperties) -> list[str]:
    """Return the names of those that differ."""
    return [key for key in {**before, **now} if before.get(key) != now.get(key)]


def in_one_line(value: Any) -> str:
    """Return nested data as words that no reader takes for JSON."""
    return ", ".join(f"{where} {leaf}" if where else str(leaf) for where, leaf in _leaves(value, ""))


def _leaves(value: Any, where: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping) and value:
        for key in sorted(value):
            yield from _leaves(value[key], f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple) and value:
        for one in value:
            yield from _leaves(one, where)
    else:
        yield where, value
