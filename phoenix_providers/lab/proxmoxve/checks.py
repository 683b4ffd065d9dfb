"""Finds what is wrong with inputs before anything is sent; values that are unknown yet pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.lab.proxmoxve.inputs import DEFAULTS
from phoenix_providers.lab.proxmoxve.properties import Kind, Property


class Failure(NamedTuple):
    """A reason to refuse inputs; `place` is a property path such as `rules[0].action`."""

    place: str
    reason: str

    def told(self, name: str) -> str:
        """Return the message for a resource; that is the only place where the path is given."""
        return f"{self.reason}. Examine values at '{name}.{self.place}'."


def failures(
    properties: Sequence[Property], inputs: Mapping[str, Any], prefix: str = "", written: str = ""
) -> Iterator[Failure]:
    """Check one object and everything in it; `written` is the prefix in Terraform's words."""
    known = {item.name: item for item in properties}
    for name in inputs:
        if name not in known and name != DEFAULTS:
            yield Failure(prefix + name, "Invalid or unknown key")
    for item in properties:
        value = inputs.get(item.name)
        place, title = prefix + item.name, written + item.terraform_name
        if value is None and item.required:
            yield Failure(
                place, f'Missing required argument. The argument "{title}" is required, but no definition was found.'
            )
        elif value is not None and item.computed:
            yield Failure(
                place,
                f'Value for unconfigurable attribute. Can\'t configure a value for "{title}": its value will be '
                "decided automatically based on the result of applying this configuration.",
            )
        elif value is not None and value != UNKNOWN:
            yield from _of_value(item, value, place, title)


def _of_value(item: Property, value: Any, place: str, title: str) -> Iterator[Failure]:
    if item.kind is Kind.SWITCH and isinstance(value, str):
        yield Failure(place, f"cannot parse '' as bool: strconv.ParseBool: parsing \"{value}\": invalid syntax")
    elif item.kind is Kind.TEXT and isinstance(value, str):
        yield from _of_text(item, value, place)
    elif item.kind is Kind.NUMBER and item.span and not item.span[0] <= value <= item.span[1]:
        low, high = item.span
        yield Failure(place, f"expected {item.terraform_name} to be in the range ({low} - {high}), got {value}")
    elif isinstance(value, list):
        yield from _of_list(item, value, place, title)
    elif isinstance(value, Mapping):
        yield from failures(item.fields, value, f"{place}.", f"{title}.0.")


def _of_text(item: Property, value: str, place: str) -> Iterator[Failure]:
    spelled = value.lower() if item.any_case else value
    if item.choices and spelled not in item.choices:
        allowed = " ".join(f'"{choice}"' for choice in item.choices)
        yield Failure(place, f"expected {item.terraform_name} to be one of [{allowed}], got {value}")
    if item.pattern and not re.search(item.pattern[0], value):
        yield Failure(place, f"invalid value for {item.terraform_name} ({item.pattern[1]})")


def _of_list(item: Property, value: list[Any], place: str, title: str) -> Iterator[Failure]:
    count = len(value)
    if item.most is not None and count > item.most:
        text = f"Attribute {title} supports {item.most} item maximum, but config has {count} declared."
        yield Failure(place, f"Too many list items. {text}")
    if count < item.least:
        text = f"Attribute {title} requires {item.least} item minimum, but config has only {count} declared."
        yield Failure(place, f"Not enough list items. {text}")
    for index, element in enumerate(value):
        if element == UNKNOWN or not item.fields:
            continue
        if isinstance(element, Mapping):
            yield from failures(item.fields, element, f"{place}[{index}].", f"{title}.{index}.")
        else:
            kind = "string" if isinstance(element, str) else "bool" if isinstance(element, bool) else "number"
            yield Failure(f"{place}[{index}]", f"Expected Object Type. Expected object, got {kind}")
