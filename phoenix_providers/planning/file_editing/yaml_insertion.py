"""Adds to the text of a YAML file; all that stands there already stays as it is, to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from phoenix_providers.models.files.parsed_text import FormatError
from phoenix_providers.models.files.yaml_reader import read_yaml
from phoenix_providers.planning.file_editing.file_edits import Edit, Insertion, Path, Setting, edited_data
from phoenix_providers.planning.file_editing.yaml_page import NotEditableError, YamlPage
from phoenix_providers.planning.file_editing.yaml_words import entry_lines, item_lines, on_one_line, scalar

_NULL = "tag:yaml.org,2002:null"
_WORDS_FOR_NOTHING = ("", "~", "null", "Null", "NULL")


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with the additions, and with nothing else changed; the edits are in a safe order.

    Raises:
        NotEditableError: That cannot be had, for example where an anchor makes one part stand in several places.
    """
    waiting = list(edits)
    try:
        wanted = read_yaml(text).data
        for edit in waiting:
            wanted = edited_data(wanted, edit)
        while waiting:
            text, waiting = _round(text, waiting)
        found = read_yaml(text).data
    except (YAMLError, FormatError, TypeError, IndexError) as error:
        raise NotEditableError(" ".join(str(error).split())) from None
    # An anchor, a tag or a merge makes a part count elsewhere too.
    if json.dumps(found, sort_keys=True) != json.dumps(wanted, sort_keys=True):
        raise NotEditableError("the same part of the file stands for several places, or is written in a rare form")
    return text


def _round(text: str, edits: Iterable[Edit]) -> tuple[str, list[Edit]]:
    """Make all edits that are out of each other's way, since reading a large file takes long; return the others."""
    additions = _Additions(text)
    pieces: list[_Piece] = []
    waiting: list[Edit] = []
    for edit in edits:
        own = additions.added(edit) if all(other.path != edit.path for other in waiting) else []
        if not own or {piece.at for piece in own} & {piece.at for piece in pieces}:
            waiting.append(edit)
        else:
            pieces += own
    return _with(text, pieces), waiting


class _Piece(NamedTuple):
    """New text at a place, instead of `without`, which says nothing."""

    at: int
    text: str
    without: int = 0


def _with(text: str, pieces: Iterable[_Piece]) -> str:
    for piece in sorted(pieces, key=lambda piece: piece.at, reverse=True):
        text = text[: piece.at] + piece.text + text[piece.at + piece.without :]
    return text


class _Additions:
    """What has to be written into one text."""

    def __init__(self, text: str) -> None:
        self._page = YamlPage(text)

    def added(self, edit: Edit) -> list[_Piece]:
        """Return the pieces of one edit."""
        node, key, rest = self._page.root, None, edit.path
        while rest and not _is_nothing(node):
            found = _child(node, rest[0])
            if found is None:
                break
            (key, node), rest = found, rest[1:]
        if not rest and isinstance(edit, Insertion) and isinstance(node, SequenceNode):
            place = len(node.value) if edit.before is None else edit.before
            return self._in_list(node, place, list(edit.items))
        value = _nested(rest, edit)
        if _is_nothing(node) and key is not None:
            return self._behind_key(key, node, value)
        if isinstance(node, MappingNode) and rest:
            return self._in_mapping(node, rest[0], _nested(rest[1:], edit))
        raise NotEditableError("something else stands there")

    def _in_list(self, node: SequenceNode, place: int, items: list[Any]) -> list[_Piece]:
        if node.flow_style:
            return self._in_flow(node, place, [on_one_line(item) for item in items])
        neighbour = node.value[min(place, len(node.value) - 1)]
        one_line = not isinstance(neighbour, MappingNode) or bool(neighbour.flow_style)
        column = node.value and self._page.dash(node, 0).start_mark.column
        lines = [" " * column + line for item in items for line in item_lines(item, one_line=one_line)]
        if place < len(node.value):
            return [self._lines(self._page.above(self._page.dash(node, place).start_mark.index), lines)]
        return [self._lines(self._page.below(node, column), lines)]

    def _in_mapping(self, node: MappingNode, step: str | int, value: Any) -> list[_Piece]:
        if node.flow_style:
            return self._in_flow(node, len(node.value), [f"{scalar(str(step))}: {on_one_line(value)}"])
        column = int(node.value[0][0].start_mark.column)
        entry = entry_lines(str(step), value, self._page.step, self._page.offset)
        return [self._lines(self._page.below(node, column), [" " * column + line for line in entry])]

    def _behind_key(self, key: Node, node: Node, value: Any) -> list[_Piece]:
        """Give a key its value that has nothing behind it, or a word for nothing."""
        colon = self._page.colon(key, node)
        said = self._page.text[node.start_mark.index : node.end_mark.index] if colon is not None else ""
        if said.strip() not in _WORDS_FOR_NOTHING:
            raise NotEditableError("an anchor or a tag stands there")
        start = key.end_mark.index if colon is None else colon
        word = _Piece(node.start_mark.index, "", len(said))
        is_block = self._page.in_block(key)
        if not is_block or not isinstance(value, list | dict) or not value:
            lead = (": " if colon is None else " ") + on_one_line(value)
            return [_Piece(start, lead), word] if said.strip() else [_Piece(start, lead)]
        if colon is None:
            raise NotEditableError("a key stands there without a colon")
        column = int(key.start_mark.column)
        lines = entry_lines("", value, self._page.step, self._page.offset)[1:]
        below = self._lines(self._page.past_deeper_comments(self._page.after_line(start), column), _at(column, lines))
        return [below, word] if said.strip() else [below]

    def _in_flow(self, node: Node, place: int, parts: list[str]) -> list[_Piece]:
        """Add to what stands between braces or brackets."""
        if not node.value:
            return [_Piece(node.end_mark.index - 1, ", ".join(parts))]
        children = [pair if isinstance(pair, tuple) else (pair, pair) for pair in node.value]
        if place < len(children):
            start = children[place][0].start_mark.index
            indent = self._page.alone_before(start)
            between = ", " if indent is None else f",{self._page.newline}{indent}"
            return [_Piece(start, "".join(part + between for part in parts))]
        key, last = children[-1]
        end = max(self._page.content_end(key.start_mark.index, node.end_mark.index - 1, stop_at_comma=True), 0)
        indent = self._page.alone_before(key.start_mark.index)
        line_end = self._page.line_end(end)
        behind = self._page.text[end:line_end].strip()
        if indent is None or (behind and not behind.startswith(("#", ","))) or last.end_mark.index > line_end:
            return [_Piece(end, "".join(f", {part}" for part in parts))]
        rest = behind.removeprefix(",").strip()
        if rest and not rest.startswith("#"):
            return [_Piece(end, "".join(f", {part}" for part in parts))]
        lines = f",{self._page.newline}{indent}".join(parts)
        if behind.startswith(","):
            return [_Piece(line_end, f"{self._page.newline}{indent}{lines},")]
        own_lines = f"{self._page.newline}{indent}{lines}"
        return [_Piece(end, "," + own_lines)] if end == line_end else [_Piece(end, ","), _Piece(line_end, own_lines)]

    def _lines(self, at: int, lines: list[str]) -> _Piece:
        """Return whole lines; at the end of a file without a last line break there is none afterwards either."""
        unfinished = at == len(self._page.text) and not self._page.text.endswith("\n")
        together = self._page.newline.join(lines)
        return _Piece(at, self._page.newline + together if unfinished else together + self._page.newline)


def _at(column: int, lines: Iterable[str]) -> list[str]:
    return [" " * column + line for line in lines]


def _nested(path: Path, edit: Edit) -> Any:
    """Return what an edit adds below the part that is there."""
    value = edit.value if isinstance(edit, Setting) else list(edit.items)
    for step in reversed(path):
        value = {str(step): value}
    return value


def _child(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, SequenceNode):
        return None, node.value[int(step)]
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in node.value if str(key.value) == str(step)), None)
    return None


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and str(node.tag) == _NULL
