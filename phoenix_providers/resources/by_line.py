"""Texts among the inputs, in the form in which the engine shows a change of them as a few lines.

What reads as YAML or JSON is shown as an object, with all that did not change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from phoenix_providers.planning.traefik.line_by_line import as_lines, plain

# Lists of words are one line.
_LIST, _BETWEEN = "@: ", ", "


def by_line(value: Any, before: Any, about: Callable[[str], str]) -> Any:
    """Return a text as it is to be stored; one that did not change stays as it was stored before."""
    if isinstance(value, list) and value and all(map(_is_word, value)):
        return before if isinstance(before, list) and before == value else f"{_LIST}{_BETWEEN.join(value)}"
    if not isinstance(value, str):
        return value
    return before if isinstance(before, str) and plain(before) == value else as_lines(value, about(value))


def whole(stored: Any) -> Any:
    """Return the text itself."""
    if not isinstance(stored, str):
        return stored
    return stored.removeprefix(_LIST).split(_BETWEEN) if stored.startswith(_LIST) else plain(stored)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and not {*value} & {*_BETWEEN}
