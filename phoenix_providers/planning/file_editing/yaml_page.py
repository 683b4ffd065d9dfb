"""The text of a YAML file with the places at which something can be added."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.tokens import BlockEntryToken, ScalarToken, ValueToken

from phoenix_providers.models.files.plain_yaml import PlainYaml

_KEY = re.compile(r"( *(?:- +)?)[^\s#-][^#]*:[ \t]*(?:#.*)?$")
_USUAL_STEP = 2


class NotEditableError(ValueError):
    """A form that cannot be added to without changing something else."""


class YamlPage:
    """One text with what YAML sees in it; places are counted in characters.

    Attributes:
        root: Everything that it says.
        newline: How its lines end.
        step: By how much its keys stand further right than the key above them.
        offset: The same for the dashes of lists.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Node = PlainYaml(typ="safe", pure=True).compose(text)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.step, self.offset = _indentation(text)
        self._tokens = list(PlainYaml(typ="safe", pure=True).scan(text))

    def dash(self, node: SequenceNode, place: int) -> Any:
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

    def above(self, at: int) -> int:
        """Return the start of the line, or of the comment lines right above it."""
        start = self.text.rfind("\n", 0, at) + 1
        content = self.content_end(0, at)
        while start:
            before = self.text.rfind("\n", 0, start - 1) + 1
            # What looks like a comment may be the end of a longer text.
            if before < content or not self.text[before:start].lstrip().startswith("#"):
                break
            start = before
        return start

    def below(self, node: Node, column: int) -> int:
        """Return where the line behind a part begins, and behind comments that belong to its last entry."""
        end = self.content_end(node.start_mark.index, node.end_mark.index)
        at = end if end and self.text[end - 1] == "\n" else self.after_line(end)
        return self.past_deeper_comments(at, column)

    def past_deeper_comments(self, at: int, column: int) -> int:
        """Return where the comments from a place on end that stand further right than a column."""
        ahead = at
        while ahead < len(self.text):
            line = self.text[ahead : self.after_line(ahead)]
            if line.strip() and (not line.lstrip().startswith("#") or len(line) - len(line.lstrip(" ")) <= column):
                break
            ahead += len(line)
            if line.strip():
                at = ahead
        return at

    def content_end(self, start: int, stop: int, *, stop_at_comma: bool = False) -> int:
        """Return where the last thing between two places ends that is neither a comment nor blank."""
        end = start
        for token in self._tokens:
            begins, ends = token.start_mark.index, token.end_mark.index
            if begins < start or ends > stop or begins == ends:
                continue
            if stop_at_comma and self.text[begins:ends] == ",":
                continue
            text = self.text[begins:ends]
            if isinstance(token, ScalarToken) and token.style in ("|", ">") and "+" not in text.splitlines()[0]:
                ends = begins + len(text.rstrip())
            end = max(end, ends)
        return end

    def colon(self, key: Node, node: Node) -> int | None:
        """Return where the colon of a key ends; None if there is none."""
        ends = (
            token.end_mark.index
            for token in self._tokens
            if isinstance(token, ValueToken) and key.end_mark.index <= token.start_mark.index <= node.start_mark.index
        )
        return next(ends, None)

    def in_block(self, key: Node) -> bool:
        """Whether a key stands neither between braces nor between brackets."""
        return not any(
            node.flow_style and node.start_mark.index < key.start_mark.index < node.end_mark.index
            for node in _collections(self.root)
        )

    def alone_before(self, at: int) -> str | None:
        """Return the white space before the first thing of a line; None for others."""
        lead = self.text[self.text.rfind("\n", 0, at) + 1 : at]
        return None if lead.strip() else lead

    def line_end(self, at: int) -> int:
        """Return where a line ends."""
        found = self.text.find(self.newline, at)
        return len(self.text) if found < 0 else found

    def after_line(self, at: int) -> int:
        """Return where the next line begins."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1


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
