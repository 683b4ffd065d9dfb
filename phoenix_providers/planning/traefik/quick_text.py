"""Reads and writes a file for Traefik many times as fast as the library that takes all of YAML.

Only what has one reading and one spelling is done here; whatever else there is, is left to that library. So a file
looks the same whoever wrote it, and says the same whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from phoenix_providers.models.files.ordinary_yaml import read_ordinary
from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration

PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_@.-]*")
# Keys that a reader of YAML may take for something else.
WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
# So long that no line is folded.
WIDTH = 1 << 20
# Lines as they are written here, and no others: each value is sure to be of the kind that it looks like.
_AS_WRITTEN = re.compile(
    rf"""(?:
    \#[^\n]*
    |[ ]*(?:-[ ])*
    (?:(?:(?!(?i:{"|".join(WORDS)}):){PLAIN_KEY.pattern}|"(?:[^"\\\n]|\\.)*"):(?:[ ]|$))?
    (?:"(?:[^"\\\n]|\\.)*"|true|false|0|-?[1-9][0-9]{{0,15}}|\[\]|\{{\}})?
    \n)*""",
    re.VERBOSE | re.MULTILINE,
)
# The libraries differ on others, and on long keys.
_ORDINARY = re.compile(r"[ -~]*")
_LONGEST_KEY = 100
# Packages of some machines come without it.
_DUMPER = getattr(yaml, "CSafeDumper", None)
_TAG = "tag:yaml.org,2002:"


class _UnusualError(Exception):
    pass


def quick_document(text: str) -> NewConfiguration | None:
    """Return what a text says; None where it is not written as we do."""
    if not _AS_WRITTEN.fullmatch(text) or (read := read_ordinary(text)) is None or not isinstance(read.data, dict):
        return None
    # Others get the same data.
    return {key: _copy(value) for key, value in read.data.items()}


def quick_text(document: DynamicConfiguration) -> str | None:
    """Return the text of a document; None where something in it is out of the ordinary."""
    try:
        nodes = _node(document) if _DUMPER else None
    except _UnusualError:
        return None
    return str(yaml.serialize(nodes, Dumper=_DUMPER, width=WIDTH)) if nodes else None


def is_plain(key: str) -> bool:
    """Whether a key needs no quotes."""
    return bool(PLAIN_KEY.fullmatch(key)) and key.lower() not in WORDS


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _node(value: Any) -> yaml.Node:
    if isinstance(value, str):
        return _text(value, '"')
    if isinstance(value, Mapping):
        pairs = [(_text(key, None if is_plain(key) else '"', _LONGEST_KEY), _node(value[key])) for key in sorted(value)]
        return yaml.MappingNode(f"{_TAG}map", pairs, flow_style=False)
    if isinstance(value, list | tuple):
        return yaml.SequenceNode(f"{_TAG}seq", [_node(item) for item in value], flow_style=False)
    if isinstance(value, bool):
        return yaml.ScalarNode(f"{_TAG}bool", "true" if value else "false")
    if type(value) is int:
        return yaml.ScalarNode(f"{_TAG}int", str(value))
    raise _UnusualError


def _text(value: str, style: str | None, longest: int = WIDTH >> 1) -> yaml.Node:
    if len(value) > longest or not _ORDINARY.fullmatch(value):
        raise _UnusualError
    return yaml.ScalarNode(f"{_TAG}str", value, style=style)
