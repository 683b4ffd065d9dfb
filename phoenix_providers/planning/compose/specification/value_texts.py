"""Texts that compose turns into something else: words for flags, numbers, durations, sizes, command lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FLAGS = {**dict.fromkeys(("true", "y", "yes", "on"), True), **dict.fromkeys(("false", "n", "no", "off"), False)}
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_FRACTION = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity)|nan", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(r"[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w))+)", re.ASCII)
_SIZE = re.compile(r"(?P<number>[\d.]*)(?P<blank> ?)(?P<unit>b|(?:[kmgtp](?:i?b)?))?", re.ASCII | re.IGNORECASE)
_UNITS = "bkmgtp"
_BLANKS = " \t\r\n"
# A quote is an ordinary character within these.
_BLOCKED_BY = {
    "'": frozenset('"('),
    '"': frozenset("'("),
    "`": frozenset("'\"("),
    "(": frozenset("'\"`"),
    ")": frozenset("'\"`"),
}
_REST_IS_NOT_READ = ";&|<>"


def flag(text: str) -> bool | None:
    """Return what a word says; None when it is none."""
    return _FLAGS.get(text.lower())


def whole(text: str) -> int | None:
    """Return a whole number; None when it is none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def fraction(text: str) -> float | None:
    """Return a number; None when it is none."""
    return float(text) if _FRACTION.fullmatch(text) else None


def is_duration(text: str) -> bool:
    """Whether it is a duration; days and weeks are known to newer releases of compose only."""
    return _DURATION.fullmatch(text) is not None


def size(value: object) -> int | None:
    """Return bytes; None when it is no size."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, int):
        return value
    found = _SIZE.fullmatch(value)
    number = fraction(found["number"]) if found else None
    if found is None or number is None:
        return None
    return int(number * 1024 ** _UNITS.index((found["unit"] or "b")[0].lower()))


def is_command_line(text: str) -> bool:
    """Whether compose can take a command line apart (its `go-shellwords`): quotes and brackets come in pairs."""
    return _CommandLine().fits(text)


@dataclass
class _CommandLine:
    """Where in a command line the reading is: the quotes that are open, and what there is of the present word."""

    open: set[str] = field(default_factory=set)
    word: str = ""

    def fits(self, text: str) -> bool:
        escaped = False
        for character in text:
            if escaped or (character == "\\" and "'" not in self.open):
                escaped = not escaped
                self.word += character if not escaped else ""
            elif character in _REST_IS_NOT_READ and not self.open:
                break
            elif not self._take(character):
                return False
        return not self.open and not escaped

    def _take(self, character: str) -> bool:
        if character in _BLANKS and not self.open:
            self.word = ""
            return True
        blocked = self.open & _BLOCKED_BY.get(character, frozenset())
        if character == "(" and not blocked and ("(" in self.open or not self.word.endswith("$")):
            return False
        if character in _BLOCKED_BY and not blocked:
            self.open ^= {"(" if character == ")" else character}
        if character not in "\"'" or blocked:
            self.word += character
        return True
