"""Single values that Traefik parses while it loads a file: one that does not parse stops the whole directory."""

from __future__ import annotations

import re
from typing import Any

from phoenix_providers.planning.traefik.go_patterns import pattern_problem
from phoenix_providers.planning.traefik.label_options import Scalar

_LARGEST, _SMALLEST = 2**63 - 1, -(2**63)
# Longer numbers could overflow Go's 64 bits of nanoseconds (292 years).
_DURATION = re.compile(r"[+-]?(\d{1,9}|((\d{1,7}(\.\d{0,9})?|\.\d{1,9})(ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)


def fits(number: int) -> bool:
    """Whether Traefik can hold the number."""
    return _SMALLEST <= number <= _LARGEST


def is_duration(text: str) -> bool:
    """Whether Traefik reads it as a time; a bare number counts seconds."""
    return bool(_DURATION.fullmatch(text))


def scalar_problem(scalar: Scalar, value: Any) -> str:
    """Return why a value of a file is not of this kind; empty when it is."""
    return _TESTS[scalar](value)


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else "it is no text"


def _boolean(value: Any) -> str:
    return "" if isinstance(value, bool) else "it is neither true nor false"


def _integer(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return "it is no whole number"
    return "" if fits(value) else "the number is too large"


def _list(value: Any) -> str:
    return "" if isinstance(value, list) and all(isinstance(item, str) for item in value) else "it is no list of texts"


def _duration(value: Any) -> str:
    if isinstance(value, str) and is_duration(value):
        return ""
    return "" if not _integer(value) else "it is no duration"


def _pattern(value: Any) -> str:
    return _text(value) or pattern_problem(value)


def _patterns(value: Any) -> str:
    return _list(value) or next((problem for item in value if (problem := pattern_problem(item))), "")


_TESTS = {
    Scalar.TEXT: _text,
    Scalar.BOOLEAN: _boolean,
    Scalar.INTEGER: _integer,
    Scalar.LIST: _list,
    Scalar.DURATION: _duration,
    Scalar.PATTERN: _pattern,
    Scalar.PATTERNS: _patterns,
}
