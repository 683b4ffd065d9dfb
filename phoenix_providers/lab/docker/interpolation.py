"""Compose's `$NAME`, `${NAME:-default}` and their relatives."""

from __future__ import annotations

import re
from collections.abc import Callable

Lookup = Callable[[str], str | None]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")


class InvalidTemplateError(Exception):
    """A dollar sign that starts nothing; carries the whole template."""


class RequiredVariableError(Exception):
    """`${NAME:?message}` without a value."""


def substitute(template: str, lookup: Lookup) -> str:
    """Return the text with every variable replaced; `$$` becomes `$`, an unset variable becomes nothing."""
    parts: list[str] = []
    position = 0
    while (dollar := template.find("$", position)) >= 0:
        parts.append(template[position:dollar])
        piece, position = _piece(template, dollar + 1, lookup)
        parts.append(piece)
    return "".join([*parts, template[position:]])


def _piece(template: str, start: int, lookup: Lookup) -> tuple[str, int]:
    """Return the value of what follows a dollar sign, and where it ends."""
    following = template[start : start + 1]
    if following == "$":
        return "$", start + 1
    if following == "{":
        end = _closing_brace(template, start)
        return _braced(template, template[start + 1 : end], lookup), end + 1
    name = _NAME.match(template, start)
    if name is None:
        raise InvalidTemplateError(template)
    return lookup(name[0]) or "", name.end()


def _closing_brace(template: str, start: int) -> int:
    depth = 0
    for index in range(start, len(template)):
        if template[index] == "{":
            depth += 1
        elif template[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    raise InvalidTemplateError(template)


def _braced(template: str, expression: str, lookup: Lookup) -> str:
    name = _NAME.match(expression)
    if name is None:
        raise InvalidTemplateError(template)
    value, rest = lookup(name[0]), expression[name.end() :]
    if not rest:
        return value or ""
    operator = next((known for known in _OPERATORS if rest.startswith(known)), None)
    if operator is None:
        raise InvalidTemplateError(template)
    argument = rest[len(operator) :]
    present = bool(value) if operator.startswith(":") else value is not None
    if operator.endswith("+"):
        return substitute(argument, lookup) if present else ""
    if present:
        return value or ""
    if operator.endswith("?"):
        raise RequiredVariableError(f"required variable {name[0]} is missing a value: {substitute(argument, lookup)}")
    return substitute(argument, lookup)
