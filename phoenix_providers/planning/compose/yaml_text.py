"""YAML as text: read with comments and order, written back in the file's own style."""

from __future__ import annotations

import io
import json
import re
import warnings
from typing import Any

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.comments import TaggedScalar
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.scanner import ScannerError

from phoenix_providers.models.files.plain_yaml import PlainYaml

_ITEM = re.compile(r"( *)- ")
_KEY = re.compile(r"( *)[^\s#-][^#]*:\s*(#.*)?$")
# Lines are never folded: a folded label would still be right, but nobody would recognise it.
_WIDTH = 1 << 20
_TO_AN_END = re.compile(r"[ \t]*(?:#.*)?(?:\r?\n|\Z)")
# What the library lets out on odd scalars and keys, such as `-_` or a map as key.
_LIBRARYS_OWN = (ValueError, IndexError, TypeError, AttributeError, AssertionError)

# The library's own words.
_SEVERAL = "but found another document"


class BrokenYamlError(ValueError):
    """Text that is no YAML, or has `several` documents; `line` counts from 1, None when unknown."""

    def __init__(self, reason: str, line: int | None, *, several: bool = False) -> None:
        self.line = line
        self.several = several
        super().__init__(reason)


def load(text: str) -> Any:
    """Return the document with everything that is needed to write it back.

    Raises:
        BrokenYamlError: It cannot be read.
    """
    try:
        # Compose takes an anchor's second meaning without a word, and so does this. For good: to put the filters back
        # would take away what another thread has set meanwhile.
        warnings.simplefilter("ignore", ReusedAnchorWarning)
        document = _loaded(text)
        # An escape can name half of a character, which nothing can write.
        json.dumps(plain(document), default=str, ensure_ascii=False).encode()
    except RecursionError as error:
        raise BrokenYamlError("a part contains itself, or is nested too deeply", None) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        several = error.problem == _SEVERAL
        reason = "a second document begins here" if several else error.problem or error.context or "unreadable"
        raise BrokenYamlError(reason, mark.line + 1 if mark else None, several=several) from error
    except (YAMLError, *_LIBRARYS_OWN) as error:
        raise BrokenYamlError(" ".join(str(error).split()), None) from error
    return document


def dump(document: Any, original: str) -> str:
    """Return the document as text, indented like the original."""
    stream = io.StringIO()
    _yaml(original).dump(document, stream)
    return stream.getvalue()


def plain(value: Any) -> Any:
    """Return the value as ordinary dicts and lists, with anchors and merges resolved, and without tags."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, TaggedScalar):
        return str(value.value)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value


def _loaded(text: str) -> Any:
    """Load a text; a tab behind a key or a value is as good as a blank for compose, and not for this library."""
    while True:
        try:
            return _yaml(text).load(text)
        except ScannerError as error:
            at = error.problem_mark.index if error.problem_mark else len(text)
            before = text[text.rfind("\n", 0, at) + 1 : at].strip()
            harmless = before.endswith(":") or (before and _TO_AN_END.match(text, at))
            if text[at : at + 1] != "\t" or not harmless:
                raise
            text = f"{text[:at]} {text[at + 1 :]}"


def _yaml(text: str) -> PlainYaml:
    yaml = PlainYaml(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    offset = _item_offset(text)
    yaml.indent(mapping=_mapping_indent(text), sequence=2 + offset, offset=offset)
    return yaml


def _item_offset(text: str) -> int:
    """Return by how many blanks list items are indented below their key."""
    key: str | None = None
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if key is not None and (item := _ITEM.match(line)):
            return max(0, len(item[1]) - len(key))
        found = _KEY.match(line)
        key = found[1] if found else None
    return 2


def _mapping_indent(text: str) -> int:
    for line in text.splitlines():
        if (indent := len(line) - len(line.lstrip(" "))) and line.strip() and not line.lstrip().startswith(("#", "-")):
            return indent
    return 2
