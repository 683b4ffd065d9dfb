"""The form in which a file's text stands in the state, so that the engine shows a change as a few lines.

A text that reads as YAML is shown by `pulumi preview --diff` as an object, with all that did not change. Any
other text is shown line by line, with two lines around each change. So a text gets a first line that no YAML can begin
with, once there is something to compare it with.
"""

from __future__ import annotations

_MARK = "@ "
_ABOUT = "line by line"


def shown(text: str, before: str | None) -> str:
    """Return a text as it is to be stored; what did not change stays as it was stored before."""
    if before is None:
        return text
    return before if plain(before) == text else as_lines(text)


def as_lines(text: str, about: str = "") -> str:
    """Return any text as it is to be stored, whatever it was before.

    The engine shows of a new text three lines: what it is `about` is the first one.
    """
    return f"{_MARK}{about or _ABOUT}\n{text}"


def plain(stored: str) -> str:
    """Return the text itself."""
    return stored.partition("\n")[2] if stored.startswith(_MARK) else stored
