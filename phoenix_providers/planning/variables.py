"""Variables in compose files and labels, with Compose's grammar and rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from phoenix_providers.models.stack import SecretReference

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")

# Compose itself defines it, whatever the stack's variables say.
_PROJECT_NAME = "COMPOSE_PROJECT_NAME"


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
    return {**variables, _PROJECT_NAME: project}


def interpolate(text: str, variables: Mapping[str, str | SecretReference], usage: Usage) -> str:
    """Return the text with its variables replaced.

    Raises:
        TemplateError: A `$` is neither a variable nor doubled.
    """
    return _Interpolation(text, variables, usage).run(0, len(text))


@dataclass
class _Interpolation:
    text: str
    variables: Mapping[str, str | SecretReference]
    usage: Usage

    def run(self, start: int, end: int) -> str:
        parts: list[str] = []
        position = start
        while (dollar := self.text.find("$", position, end)) >= 0:
            parts.append(self.text[position:dollar])
            value, position = self._expression(dollar, end)
            parts.append(value)
        parts.append(self.text[position:end])
        return "".join(parts)

    def _expression(self, dollar: int, end: int) -> tuple[str, int]:
        following = self.text[dollar + 1 : dollar + 2] if dollar + 1 < end else ""
        if following == "$":
            return "$", dollar + 2
        if following == "{":
            close = self._closing_brace(dollar, end)
            return self._braced(dollar + 2, close), close + 1
        name = _NAME.match(self.text, dollar + 1, end)
        if name is None:
            raise TemplateError(self.text, dollar, "a $ that starts no variable has to be doubled: $$")
        return self._plain(name[0]), name.end()

    def _closing_brace(self, dollar: int, end: int) -> int:
        depth, position = 0, dollar + 1
        while position < end:
            if self.text[position] == "}":
                depth -= 1
                if depth == 0:
                    return position
            elif self.text[position] == "{" and self.text[position - 1] == "$":
                depth += 1
            position += 1
        raise TemplateError(self.text, dollar, "${ without }")

    def _braced(self, start: int, end: int) -> str:
        name = _NAME.match(self.text, start, end)
        if name is None:
            raise TemplateError(self.text, start - 2, "${ } needs the name of a variable")
        if name.end() == end:
            return self._plain(name[0])
        operator = _OPERATOR.match(self.text, name.end(), end)
        if operator is None:
            raise TemplateError(self.text, start - 2, f"only :- - :? ? :+ + may follow the name {name[0]}")
        return self._with_operator(name[0], operator[0], operator.end(), end)

    def _with_operator(self, name: str, operator: str, start: int, end: int) -> str:
        value = self._lookup(name)
        given = value is not None and (value != "" or ":" not in operator or name in self.usage.secrets)
        if operator[-1] == "+":
            return self.run(start, end) if given else ""
        if given:
            return value or ""
        if operator[-1] == "-":
            return self.run(start, end)
        self.usage.required[name] = self.run(start, end)
        return ""

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
