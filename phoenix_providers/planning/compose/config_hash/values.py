"""Single values of a compose file in the form of which compose takes its configuration hash."""

from __future__ import annotations

import re
from typing import Any

from phoenix_providers.planning.compose.config_hash.unknown import UnknownShapeError

# Releases of Go differ in how they write these.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_MILLISECONDS = re.compile(r"[1-9]\d{0,2}ms")
_MEMORY = re.compile(r"(\d+)([bkmgt])b?", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")


def text(value: Any, *, empty: bool = False) -> str:
    """Return text that stays as it is."""
    if not isinstance(value, str) or (not value and not empty) or _CONTROL.search(value):
        raise UnknownShapeError
    return str(value)


def texts(value: Any) -> list[str]:
    """Return a list of texts, none of them twice; numbers are written out."""
    if not isinstance(value, list) or not value:
        raise UnknownShapeError
    found = [str(item) if _is_integer(item) else text(item) for item in value]
    if len(set(found)) != len(found):
        raise UnknownShapeError
    return found


def flag(value: Any) -> bool:
    """Return true or false; words such as "yes" are not taken."""
    if not isinstance(value, bool):
        raise UnknownShapeError
    return value


def number(value: Any) -> int:
    """Return a whole number."""
    if not _is_integer(value) or value < 0:
        raise UnknownShapeError
    return int(value)


def duration(value: Any) -> str:
    """Return a duration as Go writes it: "90s" is "1m30s"."""
    written = text(value)
    if _MILLISECONDS.fullmatch(written):
        return written
    found = _DURATION.fullmatch(written)
    if found is None:
        raise UnknownShapeError
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    minutes, seconds = divmod(3600 * hours + 60 * minutes + seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{seconds}s"
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"


def memory(value: Any) -> str:
    """Return a size in bytes."""
    if _is_integer(value) and value > 0:
        return str(value)
    found = _MEMORY.fullmatch(text(value))
    if found is None or not int(found[1]):
        raise UnknownShapeError
    return str(int(found[1]) * 1024 ** "bkmgt".index(found[2].lower()))


def pairs(value: Any, *, bare: str | None) -> dict[str, str]:
    """Return a map or a list of NAME=VALUE as a sorted map.

    Args:
        value: As it stands in the file.
        bare: What a name without a value gets; None if that is not known.
    """
    if isinstance(value, dict):
        found = [(key, item) for key, item in value.items()]
    elif isinstance(value, list):
        split = [text(item).partition("=") for item in value]
        found = [(key, item if equals else None) for key, equals, item in split]
    else:
        found = []
    keys = [key for key, _ in found]
    if not found or len(set(keys)) != len(keys) or not all(_KEY.fullmatch(key) for key in keys):
        raise UnknownShapeError
    return {key: _scalar(key, item, bare) for key, item in sorted(found)}


def _scalar(key: str, value: Any, bare: str | None) -> str:
    if value is None:
        if bare is None:
            raise UnknownShapeError
        return bare
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if _is_integer(value) else text(value, empty=True)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
