"""Labels of a compose service, which may be a list or a map."""

from __future__ import annotations

from collections.abc import Mapping


class LabelError(ValueError):
    """Labels that Compose would refuse."""


def split_label(text: str) -> tuple[str, str]:
    """Return key and value of `key=value`; a key alone has an empty value."""
    key, _, value = text.partition("=")
    return key.strip(), value


def read_compose_labels(labels: object, replaced: object) -> dict[str, str]:
    """Return labels by key, values as written; compose replaces variables in the keys of a list, not in those of a map.

    Args:
        labels: As they stand in the file.
        replaced: The same with all variables replaced.

    Raises:
        LabelError: They are neither a list of texts nor a map.
    """
    if labels is None:
        return {}
    if isinstance(labels, Mapping):
        return {str(key): _text(value) for key, value in labels.items()}
    if isinstance(labels, list) and isinstance(replaced, list) and all(isinstance(entry, str) for entry in labels):
        pairs = zip(labels, replaced, strict=True)
        return {split_label(name)[0]: split_label(entry)[1] for entry, name in pairs}
    raise LabelError("they are neither a list of key=value nor a map")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise LabelError(f"{value!r} is no text")
