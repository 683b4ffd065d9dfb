"""Values as YAML writes them, so that every reader takes them for what they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*|\d{1,3}(\.\d{1,3}){3}(/\d+)?", re.ASCII)
# Words that some version of YAML takes for a switch or for nothing.
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def scalar(value: Any) -> str:
    """Return a text, number, switch or nothing; a text stands in quotes unless nobody can misread it."""
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in json.dumps(text, ensure_ascii=False))


def on_one_line(value: Any) -> str:
    """Return any value in the form with braces and brackets."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {on_one_line(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(on_one_line, value)) + "]"
    return scalar(value)


def item_lines(value: Any, *, one_line: bool) -> list[str]:
    """Return an item of a list, its dash included; a mapping as one line or as one line for each key."""
    if one_line or not isinstance(value, Mapping) or not value:
        return [f"- {on_one_line(value)}"]
    lines = [f"{scalar(key)}: {on_one_line(item)}" for key, item in value.items()]
    return [("- " if number == 0 else "  ") + line for number, line in enumerate(lines)]


def entry_lines(key: Any, value: Any, step: int, offset: int) -> list[str]:
    """Return a key with its value, each level of it indented by `step`, and the dashes of lists by `offset`."""
    if isinstance(value, Mapping) and value:
        below = [line for name, item in value.items() for line in entry_lines(name, item, step, offset)]
        return [f"{scalar(key)}:", *(" " * step + line for line in below)]
    if isinstance(value, list | tuple) and value:
        items = [line for item in value for line in item_lines(item, one_line=True)]
        return [f"{scalar(key)}:", *(" " * offset + line for line in items)]
    return [f"{scalar(key)}: {on_one_line(value)}"]
