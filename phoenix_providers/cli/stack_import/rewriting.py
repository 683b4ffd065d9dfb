"""The main compose file with other content, its comments and order kept as far as they still have a place."""

from __future__ import annotations

import re
from typing import Any

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from phoenix_providers.models.compose_records import ComposeShape
from phoenix_providers.planning.compose.yaml_text import BrokenYamlError, dump, load, plain

_PLAIN = re.compile(r"[A-Za-z/.][A-Za-z0-9 _./@=$+-]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "."}


def without_doubt(text: str) -> str:
    """Return a text as a YAML value that no reader takes for a number, a truth value or nothing."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else f'"{text}"'


def rewritten(document: Any, text: str, wanted: ComposeShape) -> str:
    """Return the text with this content; `document` has been loaded from it, and is used up."""
    style = text[max(text.find("services:"), 0) :]
    whole = document if isinstance(document, CommentedMap) else CommentedMap()
    try:
        _adjust_map(whole, wanted)
        result = dump(whole, style)
        if plain(load(result)) == wanted:
            return result
    except (BrokenYamlError, AttributeError, TypeError, ValueError, IndexError, KeyError):
        pass
    # An anchor or a merge made one part stand in several places.
    return dump(_new(wanted), style)


def _adjust_map(target: CommentedMap, wanted: ComposeShape) -> None:
    names = {str(key): key for key in target}
    own = {str(key) for key, _ in target.non_merged_items()}
    for name, key in names.items():
        if name not in wanted and name in own:
            del target[key]
    for name, value in wanted.items():
        if name not in names:
            target[name] = _new(value)
            continue
        key = names[name]
        present = target[key]
        if plain(present) == value:
            continue
        if name not in own or _shared(present):
            target[key] = _new(value)
        elif isinstance(present, CommentedMap) and isinstance(value, dict):
            _adjust_map(present, value)
        elif isinstance(present, CommentedSeq) and isinstance(value, list):
            _adjust_list(present, value)
        else:
            target[key] = _new(value)


def _adjust_list(target: CommentedSeq, wanted: list[Any]) -> None:
    kept = [item for item in map(plain, target) if item in wanted]
    if kept != wanted[: len(kept)]:
        for index, value in enumerate(wanted):
            if index >= len(target):
                target.append(_new(value))
            elif plain(target[index]) != value:
                target[index] = _new(value)
        while len(target) > len(wanted):
            del target[len(target) - 1]
        return
    for index in range(len(target) - 1, -1, -1):
        if plain(target[index]) not in wanted:
            del target[index]
    for value in wanted[len(kept) :]:
        target.append(_new(value))


def _shared(value: Any) -> bool:
    anchor = getattr(value, "anchor", None)
    return bool(anchor is not None and anchor.value) or bool(getattr(value, "merge", None))


def _new(value: Any) -> Any:
    if isinstance(value, dict):
        return CommentedMap((key, _new(item)) for key, item in value.items())
    if isinstance(value, list):
        return CommentedSeq(_new(item) for item in value)
    if isinstance(value, str) and (not _PLAIN.fullmatch(value) or value.endswith(" ") or value.lower() in _WORDS):
        return DoubleQuotedScalarString(value)
    return str(value) if isinstance(value, str) else value
