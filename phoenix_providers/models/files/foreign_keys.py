"""The keys of a file that belong to other programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from phoenix_providers.models.base import FileModel
from phoenix_providers.models.near_miss import known_keys, nested_models, parts


def foreign_keys(model: type[FileModel], data: Any, start: str = "") -> Iterator[str]:
    """Yield the path of every key that nobody here reads, such as `vms[].cores`; never a value."""
    if not isinstance(data, dict):
        return
    known = known_keys(model)
    yield from (f"{start}{key}" for key in data if key not in known and key[:1].isalpha())
    for name, (shape, nested) in nested_models(model).items():
        for steps, part in parts(shape, data.get(name)):
            below = {"list": "[]", "map": ".*"}.get(shape, "") if steps else ""
            yield from foreign_keys(nested, part, f"{start}{name}{below}.")
