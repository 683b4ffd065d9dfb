"""Whether two YAML readers see the same values in a text: ours, and the one in Go that compose uses."""

from __future__ import annotations

import re

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import ScalarEvent

from phoenix_providers.models.files.plain_yaml import PlainYaml

_SAME_KIND = frozenset({"", "~", "null", "true", "false", "<<"})
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
# What one of the two might take for a number, a moment, a truth value or nothing.
_DOUBTFUL = re.compile(
    r"[-+]?[.0-9][0-9a-fA-FxXoO_.+-]*|\d{4}-\d\d?-\d\d?.*|[-+]?\.(inf|nan)|=|(?i:null|true|false)", re.IGNORECASE
)


def doubtful_scalar(text: str) -> str:
    """Return the first unquoted value that the two readers may take for different things; empty for none."""
    try:
        for event in PlainYaml(typ="safe", pure=True).parse(text):
            if isinstance(event, ScalarEvent) and _is_doubtful(event):
                return str(event.value)
    except YAMLError as error:
        return " ".join(str(error).split())
    return ""


def _is_doubtful(event: ScalarEvent) -> bool:
    if getattr(event, "tag", None):
        return True
    if event.style:
        return False
    value = str(event.value)
    if value in _SAME_KIND or _INTEGER.fullmatch(value) or _ADDRESS.fullmatch(value):
        return False
    return _DOUBTFUL.fullmatch(value) is not None
