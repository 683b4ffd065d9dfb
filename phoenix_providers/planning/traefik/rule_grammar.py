"""Traefik's rules (v3): a grammar that finds host names and mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from phoenix_providers.planning.findings import nearest
from phoenix_providers.planning.traefik.rule_arguments import argument_problem, unknown_escape, unquoted

_ONE, _TWO, _ONE_OR_TWO = (1,), (2,), (1, 2)
# How many values each matcher takes.
_ARGUMENTS: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "http": {
        "Header": _TWO, "HeaderRegexp": _TWO, "Host": _ONE, "HostRegexp": _ONE, "Method": _ONE, "Path": _ONE,
        "PathPrefix": _ONE, "PathRegexp": _ONE, "Query": _ONE_OR_TWO, "QueryRegexp": _ONE_OR_TWO, "ClientIP": _ONE,
    },
    "tcp": dict.fromkeys(("HostSNI", "HostSNIRegexp", "ClientIP", "ALPN"), _ONE),
}  # fmt: skip
_BLANKS = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r"(&&|\|\||[!(),])|([A-Za-z][A-Za-z0-9]*)|`([^`]*)`|\"((?:[^\"\\\n]|\\.)*)\"")
_HOSTS = {"Host", "HostSNI"}
Kind = Literal["http", "tcp"]


class RuleError(ValueError):
    """A rule that Traefik refuses; `position` counts from 0."""

    def __init__(self, rule: str, position: int, reason: str) -> None:
        self.rule = rule
        self.position = position
        super().__init__(f"{reason} (at character {position + 1})")


@dataclass(frozen=True)
class Matcher:
    """One matcher such as ``Host(`a`)``, with the spelling of its name as Traefik documents it."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Negation:
    """`!part`."""

    part: Expression


@dataclass(frozen=True)
class Combination:
    """Parts joined by `&&` or `||`."""

    operator: str
    parts: tuple[Expression, ...]


Expression = Matcher | Negation | Combination


# Structure, rivals and paths of a router are looked at one after the other.
@lru_cache(maxsize=1024)
def parse(rule: str, kind: Kind = "http") -> Expression:
    """Return the rule's structure.

    Raises:
        RuleError: Traefik would refuse the rule.
    """
    return _Parser(rule, kind).whole()


def host_names(expression: Expression) -> tuple[str, ...]:
    """Return the host names that the rule asks for, lower case, in order; negated ones are not asked for."""
    if isinstance(expression, Negation):
        return ()
    if isinstance(expression, Combination):
        return tuple(dict.fromkeys(name for part in expression.parts for name in host_names(part)))
    if expression.name in _HOSTS and expression.arguments[0] != "*":
        return (expression.arguments[0].lower(),)
    return ()


def needs_tls(expression: Expression) -> bool:
    """Whether a TCP rule asks for host names only, which Traefik can see in TLS alone."""
    names = set(_server_names(expression))
    return bool(names) and "*" not in names


def _server_names(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Combination):
        for part in expression.parts:
            yield from _server_names(part)
    elif isinstance(expression, Matcher) and expression.name == "HostSNI":
        yield expression.arguments[0]


def canonical(expression: Expression) -> str:
    """Return one spelling for all rules that match the same requests by reordering alone."""
    if isinstance(expression, Negation):
        return f"!({canonical(expression.part)})"
    if isinstance(expression, Combination):
        return "(" + expression.operator.join(sorted({canonical(part) for part in expression.parts})) + ")"
    arguments = expression.arguments
    if expression.name in _HOSTS:
        arguments = tuple(argument.lower() for argument in arguments)
    return f"{expression.name}{arguments!r}"


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


class _Parser:
    """Recursive descent; `&&` binds tighter than `||`."""

    def __init__(self, rule: str, kind: Kind) -> None:
        self._rule = rule
        self._matchers = _ARGUMENTS[kind]
        self._tokens = list(self._scan())
        self._next = 0

    def whole(self) -> Expression:
        expression = self._combined("||")
        if (token := self._peek()).kind != "end":
            raise self._error(token, f"{token.text!r} is not expected here")
        return expression

    def _scan(self) -> list[_Token]:
        tokens: list[_Token] = []
        position = self._past_blanks(0)
        while position < len(self._rule):
            found = _TOKEN.match(self._rule, position)
            if found is None:
                raise RuleError(self._rule, position, _why_unreadable(self._rule[position:]))
            group = found.lastindex or 1
            kind = ("symbol", "name", "string", "string")[group - 1]
            if group == 4 and (escape := unknown_escape(found[4])):
                raise RuleError(self._rule, found.start(4) + escape.start(), f"{escape[0]} means nothing in quotes")
            text = unquoted(found[4]) if group == 4 else found[group]
            tokens.append(_Token(kind, text, position))
            position = self._past_blanks(found.end())
            if "\n" in self._rule[found.end() : position] and position < len(self._rule) and _may_end(tokens[-1]):
                raise RuleError(self._rule, found.end(), "a line break ends the rule here; put it behind && or ||")
        return [*tokens, _Token("end", "end of the rule", len(self._rule))]

    def _past_blanks(self, position: int) -> int:
        found = _BLANKS.match(self._rule, position)
        return found.end() if found else position

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _accept(self, symbol: str) -> bool:
        token = self._peek()
        if token.kind == "symbol" and token.text == symbol:
            self._next += 1
            return True
        return False

    def _combined(self, operator: str) -> Expression:
        parts = [self._operand(operator)]
        while self._accept(operator):
            parts.append(self._operand(operator))
        if len(parts) == 1:
            return parts[0]
        flat = [sub for part in parts for sub in _parts_of(part, operator)]
        return Combination(operator, tuple(flat))

    def _operand(self, operator: str) -> Expression:
        return self._combined("&&") if operator == "||" else self._single()

    def _single(self) -> Expression:
        if self._accept("!"):
            return Negation(self._single())
        if self._accept("("):
            expression = self._combined("||")
            self._require(")")
            return expression
        return self._matcher()

    def _matcher(self) -> Matcher:
        token = self._take()
        if token.kind != "name":
            raise self._error(token, f"expected a matcher such as Host(`name`), found {token.text!r}")
        name = next((known for known in self._matchers if token.text in _spellings(known)), None)
        if name is None:
            hint = nearest(token.text, self._matchers) or f"known are {', '.join(self._matchers)}"
            raise self._error(token, f"unknown matcher {token.text}; {hint}")
        self._require("(")
        values = self._arguments()
        arguments = tuple(value.text for value in values)
        if len(arguments) not in self._matchers[name]:
            raise self._error(token, _wrong_count(name, self._matchers[name], arguments))
        if (problem := argument_problem(name, arguments)) is not None:
            raise self._error(values[problem[0]], problem[1])
        return Matcher(name, arguments)

    def _arguments(self) -> tuple[_Token, ...]:
        if self._accept(")"):
            return ()
        arguments = []
        while True:
            token = self._take()
            if token.kind != "string":
                raise self._error(token, f"expected a value in backticks or double quotes, found {token.text!r}")
            arguments.append(token)
            if not self._accept(","):
                self._require(")")
                return tuple(arguments)
            if self._accept(")"):
                return tuple(arguments)

    def _require(self, symbol: str) -> None:
        if not self._accept(symbol):
            token = self._peek()
            raise self._error(token, f"expected {symbol!r}, found {token.text!r}")

    def _error(self, token: _Token, reason: str) -> RuleError:
        return RuleError(self._rule, token.position, reason)


def _may_end(token: _Token) -> bool:
    """Whether Go takes a line break behind it for the end."""
    return token.kind != "symbol" or token.text == ")"


def _parts_of(part: Expression, operator: str) -> tuple[Expression, ...]:
    return part.parts if isinstance(part, Combination) and part.operator == operator else (part,)


def _spellings(name: str) -> set[str]:
    return {name, name.lower(), name.upper(), name.capitalize()}


def _wrong_count(name: str, allowed: tuple[int, ...], arguments: tuple[str, ...]) -> str:
    wanted = " or ".join(str(count) for count in allowed)
    message = f"{name} takes {wanted} value{'' if allowed == _ONE else 's'}, found {len(arguments)}"
    if allowed == _ONE and len(arguments) > 1:
        message += "; since Traefik v3: " + " || ".join(f"{name}(`{argument}`)" for argument in arguments)
    return message


def _why_unreadable(rest: str) -> str:
    if rest[0] == "`":
        return "a backtick is not closed"
    if rest[0] == '"':
        return "a double quote is not closed"
    if rest[0] == "'":
        return "Traefik takes backticks or double quotes, no single quotes"
    return f"{rest[0]!r} means nothing in a rule"
