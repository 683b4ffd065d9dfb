"""Compose's `$NAME`, `${NAME:-default}` and their relatives."""

from __future__ import annotations

import re
from collections.abc import Callable

Lookup = Callable[[str], str | None]

_PATTERN = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<named>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?:(?P<braced>[A-Za-z_][A-Za-z0-9_]*(?::?[-+?].*)?)\}|(?P<invalid>)))"
)
_OPERATOR = re.compile(r":?[-+?]")


class InvalidTemplateError(Exception):
    """A `${` that begins nothing; carries the whole template."""


class RequiredVariableError(Exception):
    """`${NAME:?message}` without a value."""


def substitute(template: str, lookup: Lookup) -> str:
    """Return the text with every variable replaced, as compose-go 2.1 does; what is not taken is replaced as well."""
    parts: list[str] = []
    position = 0
    while (match := _PATTERN.search(template, position)) is not None:
        parts.append(template[position : match.start()])
        if match["invalid"] is not None:
            raise InvalidTemplateError(template)
        text = match[0]
        if match["braced"] is not None:
            text = text[: _first_closing_brace(text) + 1] or text
            parts.append(_braced(text[2:-1], lookup))
        else:
            parts.append(match["escaped"] or lookup(match["named"]) or "")
        position = match.start() + len(text)
    return "".join([*parts, template[position:]])


def _first_closing_brace(text: str) -> int:
    """Return where the first brace is closed; the character behind an opening one does not count. -1: nowhere."""
    opened, index = 0, 0
    while index < len(text):
        if text[index] == "}":
            opened -= 1
            if opened == 0:
                return index
        if text[index] == "{":
            opened += 1
            index += 1
        index += 1
    return -1


def _braced(expression: str, lookup: Lookup) -> str:
    operator = _OPERATOR.search(expression)
    if operator is None:
        return lookup(expression) or ""
    name, argument = expression[: operator.start()], substitute(expression[operator.end() :], lookup)
    value = lookup(name)
    present = bool(value) if operator[0].startswith(":") else value is not None
    if operator[0].endswith("+"):
        return argument if present else value or ""
    if operator[0].endswith("?") and not present:
        reason = f": {argument}" if argument else ""
        raise RequiredVariableError(f"required variable {name} is missing a value{reason}")
    return (value or "") if present else argument
