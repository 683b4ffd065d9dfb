"""Values on their way through the engine, which has one kind of number and no nothing in maps.

A whole number comes back as a float (10 as 10.0), one beyond 2^53 as another number, and a key without a value not at
all. So everything is put into a form that survives before it goes, and back when it comes: in `provider.py` for every
method of every provider, and in `phoenix_resource.py` for what the program declares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Beyond it a float no longer holds every whole number.
_LARGEST_EXACT = 2**53
# A number that is too large travels as a text. A text that looks like one travels with a mark behind the prefix.
_PREFIX = "#whole:"
_TEXT_MARK = "="
_NUMBER = re.compile(re.escape(_PREFIX) + r"(-?\d+)", re.ASCII)


def to_engine(value: Any) -> Any:
    """Return a value as the engine can carry it, at any depth; outputs and unknown values stay as they are."""
    # Most values are texts, and asking what is a mapping takes longest.
    if isinstance(value, str):
        return f"{_PREFIX}{_TEXT_MARK}{value.removeprefix(_PREFIX)}" if value.startswith(_PREFIX) else value
    if isinstance(value, Mapping):
        return {key: to_engine(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [to_engine(item) for item in value]
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        return f"{_PREFIX}{value}"
    return value


def from_engine(value: Any) -> Any:
    """Return a value as it was before it went to the engine; what an older version has stored is read alike."""
    if isinstance(value, str):
        return _text_or_number(value) if value.startswith(_PREFIX) else value
    if isinstance(value, Mapping):
        return {key: from_engine(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [from_engine(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT:
        return int(value)
    return value


def _text_or_number(value: str) -> str | int:
    if number := _NUMBER.fullmatch(value):
        return int(number[1])
    marked = _PREFIX + _TEXT_MARK
    return _PREFIX + value.removeprefix(marked) if value.startswith(marked) else value
