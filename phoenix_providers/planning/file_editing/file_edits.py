"""What is added to a file of the user: items of a list, or the value of a key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Insertion:
    """Items that come into a list, before the one at an index; at its end without one. The list may be missing."""

    path: Path
    items: tuple[Any, ...]
    before: int | None = None


@dataclass(frozen=True)
class Setting:
    """A key that is missing, or has nothing behind it, and the value that it gets."""

    path: Path
    value: Any


Edit = Insertion | Setting


def as_in_file(data: Any, path: Path) -> Path:
    """Return a path with the indexes of the file, where entries with nothing behind them count too."""
    found: list[str | int] = []
    for step in path:
        if isinstance(data, list) and isinstance(step, int):
            listed = [index for index, value in enumerate(data) if value is not None]
            step = listed[step] if step < len(listed) else len(data)
            data = data[step] if step < len(data) else None
        else:
            data = data.get(str(step)) if isinstance(data, Mapping) else None
        found.append(step)
    return tuple(found)


def in_safe_order(edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits so that none moves the place of another: of a list, its end comes first."""
    last = float("inf")
    return sorted(edits, key=lambda edit: -last if isinstance(edit, Setting) else -(_before(edit, last)))


def _before(edit: Insertion, last: float) -> float:
    return last if edit.before is None else edit.before


def edited_data(data: Any, edit: Edit) -> Any:
    """Return the data of a file as they are to be after an edit.

    Raises:
        TypeError: Something on the way is neither a list nor a mapping.
    """
    result = deepcopy(data)
    *way, last = edit.path
    target = result
    for step in way:
        target = _below(target, step, {})
    if isinstance(edit, Setting):
        target[last if isinstance(target, list) else str(last)] = deepcopy(edit.value)
        return result
    listed = _below(target, last, [])
    place = len(listed) if edit.before is None else edit.before
    listed[place:place] = deepcopy(list(edit.items))
    return result


def _below(data: Any, step: str | int, otherwise: Any) -> Any:
    if isinstance(data, list):
        return data[int(step)]
    if not isinstance(data, dict):
        raise TypeError(f"nothing stands below {step}")
    if data.get(str(step)) is None:
        data[str(step)] = otherwise
    return data[str(step)]
