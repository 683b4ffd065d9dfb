"""Environment files as compose reads them, which is not how they were written."""

from __future__ import annotations

import json
import re

from phoenix_providers.lab.docker.interpolation import (
    InvalidTemplateError,
    Lookup,
    RequiredVariableError,
    substitute,
)

_COMMENT = re.compile(r"\s+#.*")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "'": "'", "$": "$$"}


class DotenvError(Exception):
    """A line that compose refuses."""


def parse(text: str, lookup: Lookup) -> dict[str, str]:
    """Return the variables of a file; later ones win; `lookup`, then earlier ones fill `${NAME}` in values."""
    variables: dict[str, str] = {}
    remaining, line = text.lstrip("\ufeff"), 1
    while remaining:
        statement, _, after = remaining.partition("\n")
        separator = re.search(r"[=:]", statement)
        if not statement.strip() or statement.lstrip().startswith("#") or separator is None:
            # A name alone takes its value from the environment; there is nothing to write down.
            remaining, line = after, line + 1
            continue
        key = _key(statement[: separator.start()], line)
        value, rest = _value(remaining[separator.end() :], variables, lookup)
        line += remaining.count("\n", 0, len(remaining) - len(rest))
        variables[key] = value
        remaining = rest
    return variables


def _key(text: str, line: int) -> str:
    key = re.sub(r"^\s*export\s+", "", text).strip()
    if re.search(r"\s", key):
        raise DotenvError(f"line {line}: key cannot contain a space")
    return key


def _value(text: str, known: dict[str, str], lookup: Lookup) -> tuple[str, str]:
    """Return one value and the text behind it."""

    def resolve(name: str) -> str | None:
        found = lookup(name)
        return known.get(name) if found is None else found

    trimmed = text.lstrip(" \t")
    if trimmed[:1] == "'":
        return _single_quoted(trimmed)
    if trimmed[:1] == '"':
        value, rest = _double_quoted(trimmed)
        return _expanded(value, resolve), rest
    line, _, rest = text.partition("\n")
    return _expanded(_COMMENT.sub("", line).strip(), resolve), rest


def _single_quoted(text: str) -> tuple[str, str]:
    end = _closing_quote(text, "'")
    return text[1:end].replace("\\'", "'"), text[end + 1 :]


def _double_quoted(text: str) -> tuple[str, str]:
    end = _closing_quote(text, '"')
    value = re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text[1:end])
    return value, text[end + 1 :]


def _closing_quote(text: str, quote: str) -> int:
    found = re.compile(rf"(?s)(?:\\.|[^\\{quote}])*{quote}").match(text, 1)
    if found is None:
        raise DotenvError(f"unterminated quoted value {text.splitlines()[0]}")
    return found.end() - 1


def _expanded(value: str, lookup: Lookup) -> str:
    try:
        return substitute(value, lookup)
    except InvalidTemplateError as error:
        raise DotenvError(f"Invalid template: {json.dumps(str(error))}") from None
    except RequiredVariableError as error:
        raise DotenvError(str(error)) from None
