"""Keeping values out of texts that products write: they repeat what they were given."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HIDDEN = "[hidden]"
# Anything shorter stands inside other words too often; it is hidden only where it stands alone.
_SHORTEST_INSIDE_WORDS = 4


def without_values(text: str, values: Iterable[str]) -> str:
    """Return the text with every value hidden, line by line for values of several lines."""
    parts = {line.strip() for value in values for line in value.splitlines()}
    for part in sorted(parts - {""}, key=len, reverse=True):
        pattern = re.escape(part)
        if len(part) < _SHORTEST_INSIDE_WORDS:
            pattern = rf"(?<!\w){pattern}(?!\w)"
        text = re.sub(pattern, _HIDDEN, text)
    return text
