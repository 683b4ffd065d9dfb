"""Compose files in the form that the YAML library itself writes, which most are in: read and added to without it.

Such a text comes out of reading and writing as it went in, so labels can be put in as lines; and it has nothing in it
that has to be read with the library's care for comments, tags and anchors. That is ten times as fast. Of any other
text nothing is said here: the library reads and writes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from phoenix_providers.models.compose_records import ComposeTree
from phoenix_providers.models.files.ordinary_yaml import read_ordinary
from phoenix_providers.planning.compose.labels import split_label

_NO_TEXT = r"(?!(?:true|false|yes|no|on|off|y|n|null)(?:[]:, ]|$))"
_KEY = rf"(?i:{_NO_TEXT})[A-Za-z][A-Za-z0-9_.-]{{0,99}}"
# Letters of other alphabets; blanks that are none are among the characters that `read_ordinary` leaves alone.
_LETTER = r"\u00a1-\u167f\u1681-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff"
# Plain text on one line that is text to every version of YAML: no colon before a blank, no sharp behind one.
_FIRST = rf"(?:[A-Za-z$/{_LETTER}]|~/|\.{{1,2}}/|\.(?=$|[ :])|--?(?=[A-Za-z]))"
_OTHER = rf"[A-Za-z0-9_./@%+=$(){{}}?,;~^&*<>|!'\"`\[\]{_LETTER}-]"
_PLAIN = rf"(?i:{_NO_TEXT}){_FIRST}(?: ?{_OTHER}|#|:(?! |$))*"
_QUOTED = r"""(?:"[^"\\\n]*"|'(?:[^'\n]|'')*')"""
_NUMBER = r"(?:0|[1-9][0-9]{0,14})"
# Durations, sizes and published ports: no numbers to YAML 1.2, and to nobody a date.
_MEASURE = r"[1-9][0-9]{0,8}(?:[smhdkgMG]|ms|us|[kmgKMG][bB]|:[1-9][0-9]{0,4}(?:/tcp|/udp)?)"
_ADDRESS = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:[:/][0-9a-z]+)*"
_SCALAR = rf"(?:{_PLAIN}|{_QUOTED}|{_MEASURE}|{_ADDRESS}|{_NUMBER}|true|false)"
_WORD = rf"(?i:{_NO_TEXT})(?:[A-Za-z/]|\./|--?(?=[A-Za-z]))[A-Za-z0-9_./-]*"
_FLOW = rf"\[(?:{_QUOTED}|{_WORD})(?:, (?:{_QUOTED}|{_WORD}))*\]|\[\]|\{{\}}"
_REMARK = r"#(?:.*\S)? *"
_VALUE = rf"(?P<value>{_SCALAR}|(?P<flow>{_FLOW}))"
_LINE = re.compile(
    rf"(?P<indent> *)(?:(?P<dash>- )?(?P<key>{_KEY}):(?: {_VALUE})?|(?P<item>- ){_SCALAR})"
    rf"(?: +(?P<remark>{_REMARK})| *)"
)
_COMMENT = re.compile(rf" *{_REMARK}")
# What needs no escape between double quotes.
_SIMPLE = re.compile(r"[ !#-\[\]-~]*")
_LONGEST = 1000
_INDENT = 2


class _Line(NamedTuple):
    number: int
    indent: int
    key: str


class UsualText(NamedTuple):
    """What such a text says, and where its keys begin.

    Attributes:
        lines: As the library writes them: nothing ends with a blank but comments.
        offset: By how much list items stand right of their key.
    """

    data: ComposeTree
    lines: list[str]
    keys: list[_Line]
    offset: int


# Read when the stack is looked at, and again when labels are put in.
@lru_cache(maxsize=128)
def read_usual(text: str) -> UsualText | None:
    """Read a text; None where it is not in that form. Nobody may change what it gives."""
    lines = text.removesuffix("\n").split("\n")
    if not lines[0] or max(map(len, lines)) > _LONGEST:
        return None
    shape = _Shape()
    if not all(shape.takes(number, line) for number, line in enumerate(lines)) or not shape.is_whole:
        return None
    parsed = read_ordinary(text)
    if parsed is None or not isinstance(parsed.data, dict):
        return None
    return UsualText(parsed.data, shape.lines, shape.keys, max(shape.offsets, default=_INDENT))


class _Shape:
    """Takes a text line by line, as long as each stands where the library would write it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.keys: list[_Line] = []
        self.offsets: set[int] = set()
        # Columns of the maps and lists that are open, and which of them are lists.
        self._columns: list[tuple[int, bool]] = [(0, False)]
        # Whether the last line may have something below it.
        self._is_open = False
        # Whether a comment or a blank line comes before the next line.
        self._gap = False

    @property
    def is_whole(self) -> bool:
        return len(self.offsets) < 2

    def takes(self, number: int, line: str) -> bool:
        if not line or _COMMENT.fullmatch(line):
            self.lines.append(line)
            self._gap = True
            return True
        indent = len(line) - len(line.lstrip(" "))
        found = _LINE.fullmatch(line)
        if found is None:
            return False
        self.lines.append(line if found["remark"] else line.rstrip(" "))
        if not self._fits(indent, is_item=bool(found["dash"] or found["item"])):
            return False
        if found["dash"] and found["key"]:
            self._columns.append((indent + 2, False))
        if found["key"]:
            self.keys.append(_Line(number, self._columns[-1][0], found["key"]))
        self._is_open = bool(found["key"]) and found["value"] is None
        # In a map that is an item of a list, the library moves what comes after a comment.
        had_gap, self._gap = self._gap, False
        return not (had_gap and any(is_list for _, is_list in self._columns[:-1]))

    def _fits(self, indent: int, *, is_item: bool) -> bool:
        column, _ = self._columns[-1]
        if self._is_open and is_item and indent in {column, column + _INDENT}:
            self.offsets.add(indent - column)
            self._columns.append((indent, True))
            return True
        if self._is_open and not is_item and indent == column + _INDENT:
            self._columns.append((indent, False))
            return True
        while self._columns and (
            self._columns[-1][0] > indent or (self._columns[-1] == (indent, True) and not is_item)
        ):
            self._columns.pop()
        return bool(self._columns) and self._columns[-1] == (indent, is_item)


def with_labels(text: str, wanted: Mapping[str, Sequence[str]]) -> str | None:
    """Add labels, by service; None where it takes the library to do it."""
    usual = read_usual(text)
    if usual is None or not all(map(_SIMPLE.fullmatch, chain.from_iterable(wanted.values()))):
        return None
    lines = list(usual.lines)
    places = _second_keys(usual)
    # From the end, so that the numbers of lines before stay right.
    for name, place in sorted(places.items(), key=lambda item: -item[1]):
        if name in wanted:
            labels = dict(map(split_label, wanted[name]))
            if len(labels) < len(wanted[name]):
                return None
            margin = " " * (2 * _INDENT)
            items = [f'{margin}{" " * usual.offset}- "{key}={value}"' for key, value in labels.items()]
            lines[place:place] = [f"{margin}labels:", *items]
    known = {name for name in wanted if name in places and "labels" not in usual.data["services"][name]}
    return "\n".join([*lines, ""]) if known == wanted.keys() else None


def _second_keys(usual: UsualText) -> dict[str, int]:
    """Return, by service, the line of its second key, in front of which the library writes a new one."""
    found: dict[str, int] = {}
    section = service = ""
    count = 0
    for number, indent, key in usual.keys:
        if indent == 0:
            section = key
        elif indent == _INDENT and section == "services":
            service, count = key, 0
        elif indent == 2 * _INDENT and section == "services":
            count += 1
            if count == 2 and _is_behind_remarks(usual.lines, number):
                found[service] = number
    return found


def _is_behind_remarks(lines: Sequence[str], number: int) -> bool:
    """Whether comments and blank lines in front of a key stay above what is put there.

    They belong to the value before them. If that is nothing, or stands in brackets, the library holds them otherwise.
    """
    above = next(found for line in reversed(lines[:number]) if (found := _LINE.fullmatch(line)))
    ends_plainly = bool(above["item"] or above["value"]) and not above["flow"]
    return ends_plainly or above.string == lines[number - 1]
