"""Variables in compose files and labels, with Compose's grammar and rules (compose-go 2, `template/template.go`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from phoenix_providers.models.stack import SecretReference

# As Compose's own pattern: an expression reaches to the last brace of its line, before its end is counted. A `$` that
# starts nothing stands for itself.
_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<named>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?:(?P<braced>[A-Za-z_][A-Za-z0-9_]*(?::?[-+?].*)?)\}|(?P<invalid>)))"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EXPRESSION = re.compile(r"(?P<name>\w+)(?:(?P<operator>:?[-+?])(?P<argument>.*))?", re.ASCII)

# Compose itself defines it, whatever the stack's variables say.
PROJECT_NAME = "COMPOSE_PROJECT_NAME"


class TemplateError(ValueError):
    """A `$` that Compose would refuse; `position` counts from 0."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        self.text = text
        self.position = position
        super().__init__(reason)


@dataclass
class Usage:
    """What interpolation met.

    Attributes:
        undefined: Names without a value, taken as empty, as Compose does.
        required: Message by name, for `${NAME:?message}` without a value.
        secrets: Names of used variables whose value is a secret; they count as set and come out as "".
    """

    undefined: set[str] = field(default_factory=set)
    required: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)


def with_project(variables: Mapping[str, str | SecretReference], project: str) -> Mapping[str, str | SecretReference]:
    """Return everything that a compose file can refer to."""
    return {**variables, PROJECT_NAME: project}


def interpolate(text: str, variables: Mapping[str, str | SecretReference], usage: Usage) -> str:
    """Return the text with its variables replaced.

    Raises:
        TemplateError: A `${` begins no expression that Compose knows.
    """
    return _Interpolation(variables, usage).run(text)


def with_one_put_in(text: str, name: str, value: str) -> str:
    """Return the text with one variable replaced by its value, which is not empty and holds no `$`; others stay."""
    parts: list[str] = []
    position = 0
    while (found := _VARIABLE.search(text, position)) is not None:
        parts.append(text[position : found.start()])
        position = found.end()
        if found["braced"] is not None:
            position = found.start() + _length(found[0])
            parts.append(_braced_with(text[found.start() + 2 : position - 1], name, value))
        else:
            parts.append(value if found["named"] == name else found[0])
    return "".join([*parts, text[position:]])


def _braced_with(expression: str, name: str, value: str) -> str:
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        return f"${{{expression}}}"
    operator, below = found["operator"] or "", with_one_put_in(found["argument"] or "", name, value)
    if found["name"] != name:
        return f"${{{found['name']}{operator}{below}}}"
    return below if operator.endswith("+") else value


@dataclass
class _Interpolation:
    variables: Mapping[str, str | SecretReference]
    usage: Usage

    def run(self, text: str) -> str:
        parts: list[str] = []
        position = 0
        while (found := _VARIABLE.search(text, position)) is not None:
            parts.append(text[position : found.start()])
            if found["invalid"] is not None:
                raise TemplateError(text, found.start(), _invalid(text[found.end() :]))
            position = found.end()
            if found["braced"] is not None:
                position = found.start() + _length(found[0])
                parts.append(self._braced(text[found.start() + 2 : position - 1]))
            else:
                parts.append(found["escaped"] or self._plain(found["named"]))
        return "".join([*parts, text[position:]])

    def _braced(self, expression: str) -> str:
        found = _EXPRESSION.fullmatch(expression)
        if found is None or found["operator"] is None:
            return self._plain(expression)
        name, operator, argument = found["name"], found["operator"], found["argument"]
        value = self._lookup(name)
        given = value is not None and (value != "" or ":" not in operator or name in self.usage.secrets)
        if operator[-1] == "?" and not given:
            self.usage.required[name] = self.run(argument)
            return ""
        if given is (operator[-1] == "+"):
            return self.run(argument)
        self._look_at(argument)
        return value or ""

    def _look_at(self, argument: str) -> None:
        """Find what is wrong with what is not taken: Compose refuses it all the same."""
        usage = Usage()
        _Interpolation(self.variables, usage).run(argument)
        self.usage.required |= usage.required

    def _plain(self, name: str) -> str:
        value = self._lookup(name)
        if value is None:
            self.usage.undefined.add(name)
        return value or ""

    def _lookup(self, name: str) -> str | None:
        value = self.variables.get(name)
        if isinstance(value, SecretReference):
            self.usage.secrets.add(name)
            return ""
        return value


def _length(matched: str) -> int:
    """Return how far an expression reaches: braces are counted, as Compose does, each with what follows it skipped."""
    depth, position = 0, 0
    while position < len(matched):
        if matched[position] == "}":
            depth -= 1
            if depth == 0:
                return position + 1
        elif matched[position] == "{":
            depth += 1
            position += 1
        position += 1
    return len(matched)


def _invalid(following: str) -> str:
    """Say what is wrong with `${` and what follows it."""
    line = following.partition("\n")[0]
    if "}" not in line:
        return "${ without } on the same line"
    name = _NAME.match(following)
    return f"only :- - :? ? :+ + may follow the name {name[0]}" if name else "${ } needs the name of a variable"
