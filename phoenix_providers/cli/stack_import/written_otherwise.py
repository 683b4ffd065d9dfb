"""Values that stand in a file such as `.env` in another way than a container gets them."""

from __future__ import annotations

import re

from phoenix_providers.models.location import Location

_REFERENCE = re.compile(r"\$\{?[A-Za-z_]\w*")
_LINE = re.compile(r"\s*(?:export\s+)?[\w.\-\[\]]+\s*(?P<equals>[=:]?)\s*(?P<written>.*?)\s*")


def what_to_mind(place: Location, value: str) -> tuple[str, ...]:
    """Return what somebody has to mind who gives a value by hand that he reads at a place; it shows nothing of it."""
    found = _LINE.fullmatch(_line(place))
    if found is None or found["written"] == value.strip():
        return ()
    written = found["written"]
    notes = []
    if not found["equals"] or any(one[0] not in value for one in _REFERENCE.finditer(written)):
        notes.append("it refers to variables there; give it with their values put in, since nothing expands a secret")
    steps = {
        "without the quotes": written[:1] in ("'", '"') and not value.startswith(written),
        "with one $ for each $$": written.count("$$") > value.count("$$"),
        "with escapes such as \\n carried out": written.count("\\") > value.count("\\"),
        "without the comment": " #" in written and " #" not in value,
    }
    if any(steps.values()):
        needed = ", ".join(step for step, told in steps.items() if told)
        notes.append(f"give it as compose reads it there: {needed}")
    return tuple(notes)


def _line(place: Location) -> str:
    try:
        lines = place.file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        return ""
    return lines[place.line - 1] if place.line and place.line <= len(lines) else ""
