"""A compose file as a tree whose parts remember how they were written, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Part:
    """A map of parts, a list of parts, or a plain value.

    Attributes:
        value: Content, with variables replaced.
        raw: A plain value with variables not replaced.
        path: Where it stands in its file.
        tag: A tag of compose itself: `!reset` or `!override`; empty for none.
    """

    value: Any
    raw: Any
    path: Path
    tag: str = ""

    @property
    def is_map(self) -> bool:
        """Whether it holds parts by key."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether it holds parts in an order."""
        return isinstance(self.value, list)

    @property
    def said(self) -> Any:
        """The content as ordinary data, with variables replaced."""
        if self.is_map:
            return {key: part.said for key, part in self.value.items()}
        return [part.said for part in self.value] if self.is_list else self.value

    @property
    def written(self) -> Any:
        """The content as ordinary data, with variables not replaced."""
        if self.is_map:
            return {key: part.written for key, part in self.value.items()}
        return [part.written for part in self.value] if self.is_list else self.raw

    def with_content(self, value: Any) -> Part:
        """Return the same part with other content."""
        return replace(self, value=value, raw=None)


def part_of(value: Any, raw: Any, document: Any, path: Path = ()) -> Part:
    """Return the tree of a file: its content with and without variables replaced, and as the YAML library has it."""
    tag = getattr(getattr(document, "tag", None), "value", None)
    own = tag if isinstance(tag, str) and tag.startswith("!") else ""
    if isinstance(value, dict):
        below = {str(key): item for key, item in document.items()} if isinstance(document, dict) else {}
        parts: Any = {key: part_of(item, raw[key], below.get(key), (*path, key)) for key, item in value.items()}
        return Part(parts, None, path, own)
    if isinstance(value, list):
        items = document if isinstance(document, list) and len(document) == len(value) else [None] * len(value)
        pairs = enumerate(zip(value, raw, items, strict=True))
        return Part([part_of(one, two, item, (*path, index)) for index, (one, two, item) in pairs], None, path, own)
    return Part(value, raw, path, own)


def origins(part: Part, path: Path = ()) -> dict[Path, Path]:
    """Return where each part of a merged tree stands in its file, by its path in the tree."""
    found = {path: part.path}
    inner: Mapping[Any, Part] = {}
    if part.is_map:
        inner = part.value
    elif part.is_list:
        inner = dict(enumerate(part.value))
    for step, below in inner.items():
        found |= origins(below, (*path, step))
    return found
