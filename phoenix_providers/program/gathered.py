"""Many outputs as one, with a single task for all of them.

The SDK's own `Output.all` takes apart what each of them turns out to be, and makes outputs of all its parts, down to
every text: some for each route of the site. What the engine gives back has no outputs in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi


@dataclass
class _Found:
    """What is known of all outputs together."""

    resources: set[pulumi.Resource] = field(default_factory=set)
    is_known: bool = True
    is_secret: bool = False
    value: Any = None


class _Part:
    """One of the things that an output is made of; it may be awaited, or never be."""

    def __init__(self, whole: asyncio.Future[_Found], name: str) -> None:
        self._whole = whole
        self._name = name

    def __await__(self) -> Generator[Any, None, Any]:
        found = yield from self._whole.__await__()
        return getattr(found, self._name)


def gathered(value: Any) -> pulumi.Output[Any]:
    """Return maps and lists with outputs in them as one output: unknown if one is, secret if one is."""
    whole = asyncio.ensure_future(_all(value))
    resources, said, is_known, is_secret = (
        _Part(whole, name) for name in ("resources", "value", "is_known", "is_secret")
    )
    return pulumi.Output(resources, said, is_known, is_secret)


async def _all(value: Any) -> _Found:
    found = _Found()
    found.value = await _resolved(value, found)
    return found


async def _resolved(value: Any, found: _Found) -> Any:
    if isinstance(value, pulumi.Output):
        found.resources |= await value.resources()
        found.is_known &= await value.is_known()
        found.is_secret |= await value.is_secret()
        return await value.future(with_unknowns=True)
    if isinstance(value, Mapping):
        return {key: await _resolved(item, found) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [await _resolved(item, found) for item in value]
    return value
