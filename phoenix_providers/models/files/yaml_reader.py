"""Reads YAML 1.2 with the line of every value."""

from __future__ import annotations

from typing import Any

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from phoenix_providers.models.file_content import NewContent
from phoenix_providers.models.files.ordinary_yaml import read_ordinary
from phoenix_providers.models.files.parsed_text import HALF_CHARACTER, FormatError, ParsedText, is_text, scalar_value
from phoenix_providers.models.files.plain_yaml import PlainYaml
from phoenix_providers.models.files.positions import Position

_TAG = "tag:yaml.org,2002:"


def read_yaml(text: str) -> ParsedText:
    """Read the one document of a text; raises FormatError, also for a key that stands twice."""
    if (ordinary := read_ordinary(text)) is not None:
        return ordinary
    try:
        node = PlainYaml(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise _explained(error) from None
    except YAMLError as error:
        raise FormatError(" ".join(str(error).split()), 1, 1) from None
    if node is None:
        return ParsedText(None, Position(1))
    data, place = _Builder().value(node)
    return ParsedText(data, place)


def _explained(error: MarkedYAMLError) -> FormatError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = ", ".join(part for part in (error.context, error.problem) if part)
    if "'\\t'" in what:
        what += " (YAML takes spaces for indentation, not tabs)"
    return FormatError(what, line, column)


class _Builder:
    def __init__(self) -> None:
        self._open: set[int] = set()

    def value(self, node: Node) -> tuple[Any, Position]:
        if isinstance(node, ScalarNode):
            return _scalar(node), Position(_line(node))
        if id(node) in self._open:
            raise _error(node, "this part contains itself")
        self._open.add(id(node))
        try:
            return self._mapping(node) if isinstance(node, MappingNode) else self._sequence(node)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: MappingNode) -> tuple[Any, Position]:
        data: NewContent = {}
        children: dict[str, Position] = {}
        merged: list[Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == f"{_TAG}merge":
                merged += value_node.value if isinstance(value_node, SequenceNode) else [value_node]
                continue
            if not isinstance(key_node, ScalarNode):
                raise _error(key_node, "a key must be plain text (does a value with {{ }} lack its quotes?)")
            key = str(key_node.value)
            if not is_text(key):
                raise _error(key_node, HALF_CHARACTER)
            if key in data:
                raise _error(key_node, f"the key `{key}` stands twice, first in line {children[key].line}")
            data[key], place = self.value(value_node)
            children[key] = Position(_line(key_node), place.children)
        for part in merged:
            values, place = self.value(part)
            if not isinstance(values, dict):
                raise _error(part, "`<<` takes a mapping")
            data = {**values, **data}
            children = {**place.children, **children}
        return data, Position(_line(node), children)

    def _sequence(self, node: Node) -> tuple[Any, Position]:
        pairs = [self.value(item) for item in node.value]
        children = {str(index): place for index, (_, place) in enumerate(pairs)}
        return [data for data, _ in pairs], Position(_line(node), children)


def _scalar(node: ScalarNode) -> Any:
    text = str(node.value)
    if not is_text(text):
        raise _error(node, HALF_CHARACTER)
    return scalar_value(text, str(node.tag))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _error(node: Node, what: str) -> FormatError:
    return FormatError(what, _line(node), int(node.start_mark.column) + 1)
