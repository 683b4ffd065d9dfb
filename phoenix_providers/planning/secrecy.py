"""Taking secret values out of texts that others wrote: logs, and what compose says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

HIDDEN = "[secret]"
# Shorter values, such as "1" or "db", are taken out where they stand alone: they are part of too many words.
_SHORT = 4


def scrubbed(text: str, values: Iterable[str]) -> str:
    """Return the text without any of the values, whole or a line of them, also where blanks were put together.

    A long message has lost its middle, and "…" stands for it; what a value has left beside that goes, too.
    """
    parts = {part.strip() for value in values for part in (value, *value.splitlines())}
    for part in sorted(parts - {""}, key=len, reverse=True) if text else ():
        words = part.split()
        if len(part) < _SHORT:
            text = re.sub(rf"(?<![\w.]){re.escape(part)}(?![\w.])", HIDDEN, text)
        elif len(words) == 1:
            text = text.replace(part, HIDDEN)
        else:
            text = re.sub(_spaced(words), HIDDEN, text)
            for count in range(len(words) - 1, 0, -1) if "…" in text else ():
                text = re.sub(rf"(?<!\S){_spaced(words[:count])}(?= …)", HIDDEN, text)
                text = re.sub(rf"(?<=… ){_spaced(words[-count:])}(?!\S)", HIDDEN, text)
    return text


def _spaced(words: Sequence[str]) -> str:
    return r"\s+".join(map(re.escape, words))
