"""Reads JSON as existing installations have it, with the line of every value.

The standard decoder reads the scalars; objects and arrays are walked here, because it keeps no positions. Like the
`jq` of the old scripts, the first value counts and what follows it is left alone (the caller warns of it), and the
last of two equal keys wins.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any

from phoenix_providers.models.file_content import NewContent
from phoenix_providers.models.files.parsed_text import (
    HALF_CHARACTER,
    DuplicateKey,
    FormatError,
    ParsedText,
    is_text,
    number_or_text,
)
from phoenix_providers.models.files.positions import Position

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALARS = json.JSONDecoder(
    strict=False,
    parse_float=lambda text: number_or_text(float(text), text),
    parse_int=lambda text: number_or_text(int(text), text),
    parse_constant=str,
)


def read_json(text: str) -> ParsedText:
    """Read the first JSON value of a text; raises FormatError."""
    reader = _Reader(text)
    data, place, end = reader.value(reader.skip(0), ())
    rest = reader.skip(end)
    trailing_line = reader.line(rest) if rest < len(text) else None
    return ParsedText(data, place, tuple(reader.duplicates), trailing_line)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.duplicates: list[DuplicateKey] = []

    def line(self, at: int) -> int:
        return bisect_right(self._line_starts, at)

    def skip(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def fail(self, what: str, at: int) -> FormatError:
        line = self.line(at)
        return FormatError(what, line, at - self._line_starts[line - 1] + 1)

    def value(self, at: int, path: tuple[str | int, ...]) -> tuple[Any, Position, int]:
        opening = self._text[at : at + 1]
        if opening == "{":
            return self._object(at, path)
        if opening == "[":
            return self._array(at, path)
        data, end = self._scalar(at)
        return data, Position(self.line(at)), end

    def _scalar(self, at: int) -> tuple[Any, int]:
        try:
            value, end = _SCALARS.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            what = {"Expecting value": "a value is expected"}.get(error.msg, error.msg)
            if self._text[error.pos : error.pos + 1] in ("}", "]", ","):
                what = "a value is expected, maybe there is a comma too many"
            raise self.fail(what, error.pos) from None
        if isinstance(value, str) and not is_text(value):
            raise self.fail(HALF_CHARACTER, at)
        return value, end

    def _object(self, start: int, path: tuple[str | int, ...]) -> tuple[Any, Position, int]:
        data: NewContent = {}
        children: dict[str, Position] = {}
        at = self.skip(start + 1)
        while self._text[at : at + 1] != "}":
            if self._text[at : at + 1] != '"':
                raise self.fail("a key in double quotes or `}` is expected", at)
            key_line = self.line(at)
            key, at = self._scalar(at)
            at = self.skip(at)
            if self._text[at : at + 1] != ":":
                raise self.fail(f'`:` is expected after the key "{key}"', at)
            if key in data:
                self.duplicates.append(DuplicateKey((*path, key), key_line))
            data[key], place, at = self.value(self.skip(at + 1), (*path, key))
            children[key] = Position(key_line, place.children)
            at = self._next(at, "}", start)
        return data, Position(self.line(start), children), at + 1

    def _array(self, start: int, path: tuple[str | int, ...]) -> tuple[Any, Position, int]:
        data: list[Any] = []
        children: dict[str, Position] = {}
        at = self.skip(start + 1)
        while self._text[at : at + 1] != "]":
            value, children[str(len(data))], at = self.value(at, (*path, len(data)))
            data.append(value)
            at = self._next(at, "]", start)
        return data, Position(self.line(start), children), at + 1

    def _next(self, at: int, closing: str, start: int) -> int:
        """Step over a comma to the next entry, or stay on the closing bracket."""
        at = self.skip(at)
        found = self._text[at : at + 1]
        if found == closing:
            return at
        if found != ",":
            opened = f"the `{self._text[start]}` of line {self.line(start)} is still open"
            raise self.fail(f"`,` or `{closing}` is expected ({opened})", at)
        following = self.skip(at + 1)
        if self._text[following : following + 1] == closing:
            raise self.fail(f"there is a comma too many before `{closing}`", at)
        return following
