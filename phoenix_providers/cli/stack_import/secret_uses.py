"""Variables that are secrets because of what a compose file does with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from phoenix_providers.models.compose_records import ComposeTree
from phoenix_providers.planning.compose.asked_names import names_in_text
from phoenix_providers.planning.compose.labels import split_label
from phoenix_providers.planning.site.plain_secrets import is_telling

_ALONE = re.compile(r"\$(?:(\w+)|\{(\w+)(?:[:?+-].*)?\})", re.DOTALL)


def names_of_secrets(written: ComposeTree) -> frozenset[str]:
    """Return the variables of which compose makes secrets, whatever they are called."""
    declared = written.get("secrets")
    own = declared.values() if isinstance(declared, dict) else ()
    return frozenset(str(one["environment"]) for one in own if isinstance(one, dict) and one.get("environment"))


def names_under_telling_keys(written: ComposeTree) -> frozenset[str]:
    """Return the variables that only ever are the value of a key whose name tells a secret."""
    telling, others = set[str](), set[str]()
    for key, text in _texts(written, ""):
        alone = _ALONE.fullmatch(text)
        if alone and is_telling(key, text):
            name = alone[1] or alone[2]
            telling.add(name)
            others |= set(names_in_text(text)) - {name}
        else:
            others |= set(names_in_text(text))
    return frozenset(telling - others)


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yield each text with variables, and the key before it."""
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _texts(below, name)
    elif isinstance(value, list):
        for below in value:
            name, text = split_label(below) if isinstance(below, str) else ("", below)
            yield from _texts(text, name) if text and "$" not in name else _texts(below, "")
    elif isinstance(value, str) and "$" in value:
        yield key, value
