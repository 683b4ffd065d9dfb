"""Where each value of a file stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from phoenix_providers.models.location import Location


@dataclass(frozen=True)
class Position:
    """The line of a value (of its key, where it has one), and the places of what it holds, by key or index.

    `step` is the value's key or index in the file, where that differs from the one in the data. `blanks` are the places
    of what stands here with nothing behind it, by key, or by index in the file; the data has none of it.
    """

    line: int
    children: Mapping[str, Position] = field(default_factory=dict)
    step: str | int | None = None
    blanks: Mapping[str, Position] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """A file's content with the place of every part of it."""

    file: Path
    data: Any
    place: Position

    def locate(self, *path: str | int) -> Location:
        """Return the place of a path of keys and indexes, else that of its nearest parent."""
        _, line, steps = self._follow(path)
        return Location(self.file, line, path_text(steps))

    def locate_blank(self, path: tuple[str | int, ...], step: str | int) -> Location:
        """Return the place of what has nothing behind it, by the path of what holds it."""
        place, line, steps = self._follow(path)
        blank = place.blanks.get(str(step)) if place else None
        return Location(self.file, blank.line if blank else line, path_text((*steps, step)))

    def place_of(self, *path: str | int) -> Position | None:
        """Return what is known of a path of keys and indexes; None if there is no such thing."""
        return self._follow(path)[0]

    def _follow(self, path: tuple[str | int, ...]) -> tuple[Position | None, int, tuple[str | int, ...]]:
        """Return the place of a path, the line of as much of it as there is, and its steps as the file has them."""
        place: Position | None = self.place
        line = self.place.line
        steps: list[str | int] = []
        for step in path:
            place = place.children.get(str(step)) if place else None
            line = place.line if place else line
            steps.append(place.step if place and place.step is not None else step)
        return place, line, tuple(steps)


def path_text(path: tuple[str | int, ...]) -> str:
    """Write a path as users read it: `vms[2].network_config.ip`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def without_blanks(data: Any, place: Position) -> tuple[Any, Position]:
    """Leave out what says nothing: every `null` ("not set" in existing files), and comments; places follow.

    Where each `null` stood is kept in `Place.blanks`: of some keys it has to be told.
    """
    if isinstance(data, dict):
        blanks = {key: place.children[key] for key, value in data.items() if value is None}
        said = {key: value for key, value in data.items() if value is not None and not _is_comment(key, value)}
        parts = {key: without_blanks(value, place.children[key]) for key, value in said.items()}
        children = {key: child for key, (_, child) in parts.items()}
        return {key: value for key, (value, _) in parts.items()}, replace(place, children=children, blanks=blanks)
    if isinstance(data, list):
        blanks = {str(index): place.children[str(index)] for index, value in enumerate(data) if value is None}
        kept = [(index, value) for index, value in enumerate(data) if value is not None]
        items = [(index, *without_blanks(value, place.children[str(index)])) for index, value in kept]
        shifted = {
            str(now): replace(child, step=index if child.step is None else child.step)
            for now, (index, _, child) in enumerate(items)
        }
        return [value for _, value, _ in items], replace(place, children=shifted, blanks=blanks)
    return data, place


def _is_comment(key: str, value: Any) -> bool:
    """Existing files have comments below `$schema` and `_comment`, also between guests, environments and services."""
    return key.startswith("$") or (key.startswith("_") and isinstance(value, str))
