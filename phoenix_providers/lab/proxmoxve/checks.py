"""Finds what is wrong with inputs before anything is sent; values that are unknown yet pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.lab.proxmoxve.inputs import DEFAULTS
from phoenix_providers.lab.proxmoxve.properties import Kind, Property

_TYPES: dict[Kind, type | tuple[type, ...]] = {
    Kind.TEXT: str,
    Kind.SWITCH: bool,
    Kind.NUMBER: int,
    Kind.TEXTS: list,
    Kind.OBJECTS: list,
    Kind.OBJECT: Mapping,
}


class Failure(NamedTuple):
    """A reason to refuse inputs; `place` is a property path such as `rules[0].action`."""

    place: str
    reason: str


def failures(properties: Sequence[Property], inputs: Mapping[str, Any], prefix: str = "") -> Iterator[Failure]:
    """Check one object and everything in it."""
    known = {item.name: item for item in properties if not item.computed}
    for name in inputs:
        if name not in known and name != DEFAULTS and not any(item.name == name for item in properties):
            yield Failure(prefix + name, f'Invalid or unknown key: an argument named "{name}" is not expected here')
    for item in known.values():
        value = inputs.get(item.name)
        if value is None and item.required:
            yield Failure(prefix + item.name, f'Missing required argument: The argument "{item.name}" is required')
        elif value is not None and value != UNKNOWN:
            yield from _of_value(item, value, prefix + item.name)


def _of_value(item: Property, value: Any, place: str) -> Iterator[Failure]:
    is_wrong_number = item.kind is Kind.NUMBER and isinstance(value, bool)
    if not isinstance(value, _TYPES[item.kind]) or is_wrong_number:
        yield Failure(place, f"Incorrect type: expected {item.kind.name.lower()}, got {value!r}")
        return
    if isinstance(value, str):
        yield from _of_text(item, value, place)
    if isinstance(value, list):
        yield from _of_list(item, value, place)
    if isinstance(value, Mapping):
        yield from failures(item.fields, value, f"{place}.")


def _of_text(item: Property, value: str, place: str) -> Iterator[Failure]:
    written = value.lower() if item.any_case else value
    if item.choices and written not in item.choices:
        allowed = " ".join(f'"{choice}"' for choice in item.choices)
        yield Failure(place, f"expected {item.name} to be one of [{allowed}], got {value}")


def _of_list(item: Property, value: list[Any], place: str) -> Iterator[Failure]:
    if item.most is not None and len(value) > item.most:
        yield Failure(place, f"Too many list items: No more than {item.most} are supported, {len(value)} were given")
    if len(value) < item.least:
        yield Failure(place, f"Not enough list items: At least {item.least} required, {len(value)} given")
    for index, element in enumerate(value):
        if element == UNKNOWN:
            continue
        if item.fields and isinstance(element, Mapping):
            yield from failures(item.fields, element, f"{place}[{index}].")
        elif not isinstance(element, Mapping if item.fields else str):
            yield Failure(f"{place}[{index}]", f"Incorrect type: got {element!r}")
