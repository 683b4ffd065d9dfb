"""Dynamic configuration as the text of a file for Traefik, and back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from phoenix_providers.models.files.plain_yaml import PlainYaml
from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration
from phoenix_providers.planning.traefik.quick_text import WIDTH, is_plain, quick_document, quick_text

_HEADER = "# Written by Phoenix Sync; changes made here are overwritten.\n"
_TEMPLATE = "{{"
# What the library lets out on odd scalars and keys.
_LIBRARYS_OWN = (ValueError, IndexError, TypeError, AttributeError, AssertionError, RecursionError)


class TemplateInDocumentError(ValueError):
    """The text would contain a template, which Traefik would execute."""


class UnreadableDocumentError(ValueError):
    """A text that no YAML reader takes."""


def to_text(document: DynamicConfiguration) -> str:
    """Return the file's text: the same document always gives the same text.

    An empty document is the header alone, since Traefik refuses sections without content.

    Raises:
        TemplateInDocumentError: Some value contains `{{`.
    """
    text = _HEADER
    if document:
        text += quick_text(document) or _dumped(document)
    if _TEMPLATE in text:
        line = next(line.strip() for line in text.splitlines() if _TEMPLATE in line)
        raise TemplateInDocumentError(f"Traefik would execute the template in: {line}")
    return text


def to_document(text: str) -> NewConfiguration:
    """Return what a text says; comments alone say nothing.

    Raises:
        UnreadableDocumentError: It is no YAML, or no map.
    """
    if (quick := quick_document(text)) is not None:
        return quick
    try:
        document = PlainYaml(typ="safe", pure=True).load(text)
    except (YAMLError, *_LIBRARYS_OWN) as error:
        raise UnreadableDocumentError(" ".join(str(error).split())) from None
    if document is not None and not isinstance(document, dict):
        raise UnreadableDocumentError("it is no map")
    return document or {}


def _dumped(document: DynamicConfiguration) -> str:
    stream = io.StringIO()
    yaml = PlainYaml(typ="rt")
    yaml.width = WIDTH
    yaml.dump(_written(document), stream)
    return stream.getvalue()


def _written(value: Any) -> Any:
    """Sort keys and quote all texts, so that no reader takes one for something else."""
    if isinstance(value, Mapping):
        return CommentedMap((_key(key), _written(value[key])) for key in sorted(value))
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) else value


def _key(key: str) -> str:
    if is_plain(key):
        return key
    quoted: str = DoubleQuotedScalarString(key)
    return quoted
