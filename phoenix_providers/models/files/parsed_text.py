"""What the JSON and the YAML reader have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from phoenix_providers.models.files.positions import Position

_TAG = "tag:yaml.org,2002:"
HALF_CHARACTER = "an escape such as \\ud800 names half of a character"


class FormatError(Exception):
    """A text breaks its format; line and column count from 1."""

    def __init__(self, what: str, line: int, column: int) -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.column = column


@dataclass(frozen=True)
class DuplicateKey:
    """A key that stands twice in one mapping; the later one counts."""

    path: tuple[str | int, ...]
    line: int


@dataclass(frozen=True)
class ParsedText:
    """Plain data with places.

    Attributes:
        data: Mappings, lists, text, numbers, True, False, None; keys are text.
        trailing_line: Line of text after the end of a JSON value; None when there is none.
    """

    data: Any
    place: Position
    duplicates: tuple[DuplicateKey, ...] = ()
    trailing_line: int | None = None


def number_or_text(number: float, text: str) -> float | str:
    """Return the number, or the text itself where the number would be written differently (1.10, 0755, 1e3)."""
    return number if str(number) == text else text


def is_text(value: str) -> bool:
    """Whether a text can be written at all: escapes can name half of a character, which no encoding holds."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def scalar_value(text: str, tag: str) -> Any:
    """Build a YAML scalar; whatever is no JSON type, dates for example, stays the text it is."""
    if tag == f"{_TAG}null":
        return None
    if tag == f"{_TAG}bool":
        return text.lower() == "true"
    try:
        if tag == f"{_TAG}int":
            return number_or_text(int(text), text)
        if tag == f"{_TAG}float":
            return number_or_text(float(text), text)
    except ValueError:
        pass
    return text
