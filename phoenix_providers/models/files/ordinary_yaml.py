"""Reads YAML as most people write it, thirty times as fast as the library that can read and explain all of it.

Whatever is wrong or out of the ordinary is left to that library: errors, anchors, tags, merges, directives, characters
that both might take differently. So there is one reading of a text, and one way to be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
import yaml
from ruamel.yaml.resolver import Resolver

from phoenix_providers.models.file_content import NewContent
from phoenix_providers.models.files.parsed_text import ParsedText, scalar_value
from phoenix_providers.models.files.positions import Position

# Tabs, other line breaks, blanks that are none, marks of byte order; directives and document marks; complex keys; and
# where the libraries differ: a colon right between a quote and a value, a comment right behind `|` or `>`.
_UNUSUAL = re.compile(
    r"[^\n -~\u00a1-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff\uf900-\ufdff]"
    r"|^(?:%|---|\.\.\.)|(?:^|[\[{,-]) *\?|[\"']:[^ \n]|[|>][-+0-9]*#",
    re.MULTILINE,
)
# Far below what either library, and the recursion here, can take.
_DEEPEST = 40
# Packages of some machines come without it.
_LOADER = getattr(yaml, "CSafeLoader", None)


class _UnusualError(Exception):
    pass


# A compose text is looked into several times in a row: for what it says, and for where it says so.
@lru_cache(maxsize=128)
def read_ordinary(text: str) -> ParsedText | None:
    """Read the one document of a text; None where it is not for this reader to say what it means.

    Whoever reads the same text gets the same data, so nobody may change it.
    """
    if _LOADER is None or _UNUSUAL.search(text):
        return None
    try:
        return _document(yaml.parse(text, Loader=_LOADER))
    except (yaml.YAMLError, _UnusualError):
        return None


def _document(events: Iterator[Any]) -> ParsedText:
    if not isinstance(_after_start(events), yaml.DocumentStartEvent):
        raise _UnusualError
    data, place = _value(next(events), events, 0)
    next(events)
    if not isinstance(next(events), yaml.StreamEndEvent):
        raise _UnusualError
    return ParsedText(data, place)


def _after_start(events: Iterator[Any]) -> Any:
    next(events)
    return next(events)


def _value(event: Any, events: Iterator[Any], depth: int) -> tuple[Any, Position]:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None or depth > _DEEPEST:
        raise _UnusualError
    line = event.start_mark.line + 1
    if isinstance(event, yaml.ScalarEvent):
        return _plain_value(event.value) if event.implicit[0] else event.value, Position(line)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(line, events, depth + 1)
    return _sequence(line, events, depth + 1)


def _mapping(line: int, events: Iterator[Any], depth: int) -> tuple[Any, Position]:
    data: NewContent = {}
    children: dict[str, Position] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        if not isinstance(key, yaml.ScalarEvent) or key.anchor is not None or key.tag is not None:
            raise _UnusualError
        name = key.value
        if name in data or name == "<<":
            raise _UnusualError
        data[name], place = _value(next(events), events, depth)
        children[name] = Position(key.start_mark.line + 1, place.children)
    return data, Position(line, children)


def _sequence(line: int, events: Iterator[Any], depth: int) -> tuple[Any, Position]:
    data: list[Any] = []
    children: dict[str, Position] = {}
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        value, children[str(len(data))] = _value(event, events, depth)
        data.append(value)
    return data, Position(line, children)


@lru_cache(maxsize=4096)
def _plain_value(text: str) -> Any:
    """Return what a text without quotes means; the same texts stand all over a site."""
    known = Resolver.yaml_implicit_resolvers.get(text[:1], ())
    return scalar_value(text, next((str(tag) for tag, pattern in known if pattern.match(text)), ""))
