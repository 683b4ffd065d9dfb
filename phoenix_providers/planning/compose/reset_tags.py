"""Compose's own tag `!reset`: what has it does not count."""

from __future__ import annotations

from typing import Any

_RESET = "!reset"


def without_reset(value: Any, document: Any) -> Any:
    """Return plain data without what the document has the tag on; `document` is as the YAML library has it."""
    if isinstance(value, dict):
        tagged = {str(key): item for key, item in document.items()} if isinstance(document, dict) else {}
        return {
            key: without_reset(item, tagged.get(key)) for key, item in value.items() if not is_reset(tagged.get(key))
        }
    if isinstance(value, list) and isinstance(document, list) and len(document) == len(value):
        pairs = zip(value, document, strict=True)
        return [without_reset(item, tagged) for item, tagged in pairs if not is_reset(tagged)]
    return value


def is_reset(value: Any) -> bool:
    """Whether a part of a document, as the YAML library has it, has the tag."""
    return getattr(getattr(value, "tag", None), "value", None) == _RESET
