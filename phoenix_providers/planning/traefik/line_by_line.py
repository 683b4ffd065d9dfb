"""The form in which a file's text stands in the state, so that the engine shows a change as a few lines.

A text that reads as YAML is shown by `pulumi preview --diff` as an object, with all that did not change. Any
other text is shown line by line, with two lines around each change. So a text gets a first line that no YAML can begin
with, once there is something to compare it with.
"""

from __future__ import annotations

_MARK = "@ line by line\n"


def shown(text: str, before: str | None) -> str:
    """Return a text as it is to be stored; what did not change stays as it was stored before."""
    if before is None:
        return text
    return before if plain(before) == text else _MARK + text


def plain(stored: str) -> str:
    """Return the text itself."""
    return stored.removeprefix(_MARK)
