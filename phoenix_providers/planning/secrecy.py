"""Taking secret values out of texts that others wrote: logs, and what compose says."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[secret]"
# Shorter values, such as "1" or "db", are taken out where they stand alone: they are part of too many words.
_SHORT = 4


def scrubbed(text: str, values: Iterable[str]) -> str:
    """Return the text without any of the values, whole or a line of them, also where blanks were put together."""
    parts = {part.strip() for value in values for part in (value, *value.splitlines())}
    for part in sorted(parts - {""}, key=len, reverse=True) if text else ():
        words = part.split()
        if len(part) < _SHORT:
            text = re.sub(rf"(?<![\w.]){re.escape(part)}(?![\w.])", HIDDEN, text)
        elif len(words) == 1:
            text = text.replace(part, HIDDEN)
        else:
            text = re.sub(r"\s+".join(map(re.escape, words)), HIDDEN, text)
    return text
