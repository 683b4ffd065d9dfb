"""Texts without the values that look as if nobody should see them."""

from __future__ import annotations

import io
import json
import re
from typing import Any

from ruamel.yaml import YAML

from phoenix_providers.planning.site.plain_secrets import is_telling
from phoenix_providers.planning.telling_values import MADE_UP, without_telling_values

_REFERENCE = re.compile(r"""["']?\$[A-Za-z_{]""")
_ASSIGNMENT = re.compile(
    r"""^(?P<start>[ \t]*(?:-[ \t]+)?(?:export[ \t]+)?["']?(?P<name>[A-Za-z_][\w.-]*)["']?[ \t]*[:=][ \t]*)"""
    r"""(?P<value>[^\s#\[{$*&|>][^\n]*?)(?P<end>["']?,?[ \t]*)$""",
    re.MULTILINE,
)
# Inside of brackets: {NAME: value, …} and [NAME=value, …].
_INSIDE = re.compile(
    r"""(?P<start>(?<!\$)[{\[,][ \t]*["']?(?P<name>[A-Za-z_][\w.-]*)["']?[ \t]*[:=][ \t]*["']?)"""
    r"""(?P<value>[^\s"',{}\[\]$][^"',{}\[\]\n]*)(?=["']?[ \t]*[,}\]])"""
)


def masked(text: str) -> str:
    """Return a compose file, an `.env` or a mounted file with made-up values for what seems to be passwords."""

    def one(found: re.Match[str]) -> str:
        value = found["value"]
        quote = value[0] if value[0] in "\"'" else ""
        if not is_telling(found["name"], value.strip("\"'")) or _REFERENCE.match(value):
            return found[0]
        return f"{found['start']}{quote}{MADE_UP}{found['end']}"

    def inside(found: re.Match[str]) -> str:
        return f"{found['start']}{MADE_UP}" if is_telling(found["name"], found["value"]) else found[0]

    return without_telling_values(_INSIDE.sub(inside, _ASSIGNMENT.sub(one, text)))


def without_passwords(text: str, *, is_json: bool) -> str:
    """Return a site file or a manifest with made-up values for what stands in clear; comments stay."""
    yaml = YAML(typ="rt")
    yaml.width = 1 << 20
    yaml.preserve_quotes = True
    yaml.allow_duplicate_keys = True
    if is_json:
        # Existing files may go on after their JSON value, which does not count.
        data, end = json.JSONDecoder().raw_decode(text.lstrip())
        rest = text.lstrip()[end:]
        written = json.dumps(data, indent=2, ensure_ascii=False) + masked(rest) if _replace(data) else text
        return without_telling_values(written)
    data = yaml.load(text)
    if not _replace(data):
        return without_telling_values(text)
    stream = io.StringIO()
    yaml.dump(data, stream)
    return without_telling_values(stream.getvalue())


def _replace(data: Any) -> bool:
    """Replace in place; return whether anything was."""
    if isinstance(data, list):
        return any([_replace(item) for item in data])
    if not isinstance(data, dict):
        return False
    changed = False
    name, value = data.get("name"), data.get("value")
    if isinstance(name, str) and isinstance(value, str | int) and is_telling(name, str(value)):
        data["value"] = MADE_UP
        changed = True
    for key, item in data.items():
        if isinstance(item, str) and key != "secret" and is_telling(str(key), item):
            data[key] = MADE_UP
            changed = True
        else:
            changed = _replace(item) or changed
    return changed
