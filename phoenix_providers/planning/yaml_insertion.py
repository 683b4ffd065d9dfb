"""Adds to the text of a YAML file; all that stands there already stays as it is, to the byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.tokens import BlockEntryToken, ScalarToken, ValueToken

from phoenix_providers.models.parsed_text import FormatError
from phoenix_providers.models.yaml_reader import read_yaml
from phoenix_providers.planning.file_edits import Edit, Insertion, Path, Setting, edited_data
from phoenix_providers.planning.yaml_words import entry_lines, item_lines, on_one_line, scalar

_NULL = "tag:yaml.org,2002:null"
_KEY = re.compile(r"( *(?:- +)?)[^\s#-][^#]*:[ \t]*(?:#.*)?$")
_WORDS_FOR_NOTHING = ("", "~", "null", "Null", "NULL")
_USUAL_STEP = 2


class NotEditableError(ValueError):
    """A form that cannot be added to without changing something else."""


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
    page = _Page(text)
    pieces: list[_Piece] = []
    waiting: list[Edit] = []
    for edit in edits:
        own = page.added(edit) if all(other.path != edit.path for other in waiting) else []
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


class _Page:
    """One text with what YAML sees in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        reader = YAML(typ="safe", pure=True)
        self._tokens = list(reader.scan(text))
        self._root: Node = YAML(typ="safe", pure=True).compose(text)
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._step, self._offset = _indentation(text)

    def added(self, edit: Edit) -> list[_Piece]:
        """Return the pieces of one edit."""
        node, key, rest = self._root, None, edit.path
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
        column = node.value and self._dash(node, 0).start_mark.column
        lines = [" " * column + line for item in items for line in item_lines(item, one_line=one_line)]
        if place < len(node.value):
            return [self._lines(self._above(self._dash(node, place).start_mark.index), lines)]
        return [self._lines(self._below(node, column), lines)]

    def _in_mapping(self, node: MappingNode, step: str | int, value: Any) -> list[_Piece]:
        if node.flow_style:
            return self._in_flow(node, len(node.value), [f"{scalar(str(step))}: {on_one_line(value)}"])
        column = int(node.value[0][0].start_mark.column)
        entry = entry_lines(str(step), value, self._step, self._offset)
        return [self._lines(self._below(node, column), [" " * column + line for line in entry])]

    def _behind_key(self, key: Node, node: Node, value: Any) -> list[_Piece]:
        """Give a key its value that has nothing behind it, or a word for nothing."""
        colon = self._colon(key, node)
        said = self._text[node.start_mark.index : node.end_mark.index] if colon is not None else ""
        if said.strip() not in _WORDS_FOR_NOTHING:
            raise NotEditableError("an anchor or a tag stands there")
        start = key.end_mark.index if colon is None else colon
        word = _Piece(node.start_mark.index, "", len(said))
        is_block = self._in_block(key)
        if not is_block or not isinstance(value, list | dict) or not value:
            lead = (": " if colon is None else " ") + on_one_line(value)
            return [_Piece(start, lead), word] if said.strip() else [_Piece(start, lead)]
        if colon is None:
            raise NotEditableError("a key stands there without a colon")
        column = int(key.start_mark.column)
        lines = entry_lines("", value, self._step, self._offset)[1:]
        below = self._lines(self._past_deeper_comments(self._after_line(start), column), _at(column, lines))
        return [below, word] if said.strip() else [below]

    def _in_flow(self, node: Node, place: int, parts: list[str]) -> list[_Piece]:
        """Add to what stands between braces or brackets."""
        if not node.value:
            return [_Piece(node.end_mark.index - 1, ", ".join(parts))]
        children = [pair if isinstance(pair, tuple) else (pair, pair) for pair in node.value]
        if place < len(children):
            start = children[place][0].start_mark.index
            indent = self._alone_before(start)
            between = ", " if indent is None else f",{self._newline}{indent}"
            return [_Piece(start, "".join(part + between for part in parts))]
        key, last = children[-1]
        end = max(self._content_end(key.start_mark.index, node.end_mark.index - 1, stop_at_comma=True), 0)
        indent = self._alone_before(key.start_mark.index)
        line_end = self._line_end(end)
        behind = self._text[end:line_end].strip()
        if indent is None or (behind and not behind.startswith(("#", ","))) or last.end_mark.index > line_end:
            return [_Piece(end, "".join(f", {part}" for part in parts))]
        rest = behind.removeprefix(",").strip()
        if rest and not rest.startswith("#"):
            return [_Piece(end, "".join(f", {part}" for part in parts))]
        lines = f",{self._newline}{indent}".join(parts)
        if behind.startswith(","):
            return [_Piece(line_end, f"{self._newline}{indent}{lines},")]
        own_lines = f"{self._newline}{indent}{lines}"
        return [_Piece(end, "," + own_lines)] if end == line_end else [_Piece(end, ","), _Piece(line_end, own_lines)]

    def _lines(self, at: int, lines: list[str]) -> _Piece:
        """Return whole lines; at the end of a file without a last line break there is none afterwards either."""
        unfinished = at == len(self._text) and not self._text.endswith("\n")
        together = self._newline.join(lines)
        return _Piece(at, self._newline + together if unfinished else together + self._newline)

    def _dash(self, node: SequenceNode, place: int) -> Any:
        """Return the token of an item's dash."""
        start, end = node.start_mark.index, node.value[place].start_mark.index
        dashes = [
            token
            for token in self._tokens
            if isinstance(token, BlockEntryToken) and start <= token.start_mark.index <= node.end_mark.index
        ]
        column = dashes[0].start_mark.column
        own = [token for token in dashes if token.start_mark.column == column]
        if len(own) != len(node.value) or own[place].start_mark.index > end:
            raise NotEditableError("the dashes of the list cannot be told apart")
        return own[place]

    def _above(self, at: int) -> int:
        """Return the start of the line, or of the comment lines right above it."""
        start = self._text.rfind("\n", 0, at) + 1
        while start:
            before = self._text.rfind("\n", 0, start - 1) + 1
            if not self._text[before:start].lstrip().startswith("#"):
                break
            start = before
        return start

    def _below(self, node: Node, column: int) -> int:
        """Return where the line behind a part begins, and behind comments that belong to its last entry."""
        end = self._content_end(node.start_mark.index, node.end_mark.index)
        at = end if end and self._text[end - 1] == "\n" else self._after_line(end)
        return self._past_deeper_comments(at, column)

    def _past_deeper_comments(self, at: int, column: int) -> int:
        ahead = at
        while ahead < len(self._text):
            line = self._text[ahead : self._after_line(ahead)]
            if line.strip() and (not line.lstrip().startswith("#") or len(line) - len(line.lstrip(" ")) <= column):
                break
            ahead += len(line)
            if line.strip():
                at = ahead
        return at

    def _content_end(self, start: int, stop: int, *, stop_at_comma: bool = False) -> int:
        """Return where the last thing between two places ends that is neither a comment nor blank."""
        end = start
        for token in self._tokens:
            begins, ends = token.start_mark.index, token.end_mark.index
            if begins < start or ends > stop or begins == ends:
                continue
            if stop_at_comma and self._text[begins:ends] == ",":
                continue
            text = self._text[begins:ends]
            if isinstance(token, ScalarToken) and token.style in ("|", ">") and "+" not in text.splitlines()[0]:
                ends = begins + len(text.rstrip())
            end = max(end, ends)
        return end

    def _colon(self, key: Node, node: Node) -> int | None:
        """Return where the colon of a key ends; None if there is none."""
        ends = (
            token.end_mark.index
            for token in self._tokens
            if isinstance(token, ValueToken) and key.end_mark.index <= token.start_mark.index <= node.start_mark.index
        )
        return next(ends, None)

    def _in_block(self, key: Node) -> bool:
        """Whether a key stands neither between braces nor between brackets."""
        return not any(
            node.flow_style and node.start_mark.index < key.start_mark.index < node.end_mark.index
            for node in _collections(self._root)
        )

    def _alone_before(self, at: int) -> str | None:
        """Return the white space before the first thing of a line; None for others."""
        lead = self._text[self._text.rfind("\n", 0, at) + 1 : at]
        return None if lead.strip() else lead

    def _line_end(self, at: int) -> int:
        found = self._text.find(self._newline, at)
        return len(self._text) if found < 0 else found

    def _after_line(self, at: int) -> int:
        found = self._text.find("\n", at)
        return len(self._text) if found < 0 else found + 1


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


def _collections(node: Node, seen: frozenset[int] = frozenset()) -> Iterable[MappingNode | SequenceNode]:
    if not isinstance(node, MappingNode | SequenceNode) or id(node) in seen:
        return
    yield node
    for child in node.value:
        for part in child if isinstance(child, tuple) else (child,):
            yield from _collections(part, seen | {id(node)})


def _indentation(text: str) -> tuple[int, int]:
    """Return by how much the file's own keys and dashes stand further right than the key above them."""
    step = offset = None
    for line, following in pairwise(text.splitlines()):
        found = _KEY.match(line)
        if found is None or not following.strip():
            continue
        column, deeper = len(found[1]), len(following) - len(following.lstrip(" "))
        if following.lstrip().startswith("- "):
            offset = offset if offset is not None else deeper - column
        elif deeper > column and not line.lstrip().startswith("- "):
            step = step if step is not None else deeper - column
    return step or _USUAL_STEP, _USUAL_STEP if offset is None or offset < 0 else offset
