"""Compose's own tag `!reset`: what has it does not count."""

from __future__ import annotations

from typing import Any

_RESET = "!reset"


def without_reset(value: Any, document: Any) -> Any:
    """Return plain data without what the document has the tag on; `document` is as the YAML library has it."""
    if isinstance(value, dict):
        tagged = {str(key): item for key, item in document.items()} if isinstance(document, dict) else {}
        return {
            key: without_reset(item, tagged.get(key)) for key, item in value.items() if not _has_tag(tagged.get(key))
        }
    if isinstance(value, list) and isinstance(document, list) and len(document) == len(value):
        pairs = zip(value, document, strict=True)
        return [without_reset(item, tagged) for item, tagged in pairs if not _has_tag(tagged)]
    return value


def _has_tag(value: Any) -> bool:
    return getattr(getattr(value, "tag", None), "value", None) == _RESET
