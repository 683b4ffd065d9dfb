"""Finds what stands in a part of a file with nothing behind it, where leaving it out would not be harmless.

The readers leave out every `null`. A rule without its `source` is a rule for everyone, and a list whose lines are all
commented out deletes what it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from phoenix_providers.models.base import FileModel, StrictModel
from phoenix_providers.models.file_content import FileContent
from phoenix_providers.models.files.positions import Position
from phoenix_providers.models.near_miss import is_comment, known_keys, nested_models, parts

Path = tuple[str | int, ...]
# A key of a rule or an option, one that nobody knows, a list or map, a whole part, an entry of a list or map, or a part
# that says nothing of what it is about.
Kind = Literal["key", "unknown", "list", "map", "part", "entry of a list", "entry of a map", "said nothing"]
_KINDS: Mapping[str, Kind] = {"one": "part", "list": "list", "map": "map"}


class Blank(NamedTuple):
    """One of them.

    Attributes:
        path: Where what holds it stands in the data.
        step: Its key, or its index in the file; empty for a part that says nothing.
        model: What the key belongs to; of lists, maps, entries and whole parts what they hold.
        empty_text: Whether there is a text behind it, in which nothing is said.
    """

    path: Path
    step: str | int
    kind: Kind
    model: type[StrictModel]
    empty_text: bool = False


def blanks(model: type[FileModel], data: Any, place: Position | None, path: Path = ()) -> Iterator[Blank]:
    """Find them in a part of a file and in everything below it; what may be blank is left alone."""
    if not isinstance(data, dict) or place is None:
        return
    yield from _keys(model, data, place, path)
    if issubclass(model, StrictModel):
        yield from _texts(model, data, place, path)
    for key, (shape, below) in nested_models(model).items():
        value, there = data.get(key), place.children.get(key)
        if there is None:
            continue
        if issubclass(below, StrictModel) and shape != "one":
            yield from _entries(value, there, (*path, key), below)
        for steps, part in parts(shape, value):
            inner = there.children.get(str(steps[0])) if steps else there
            yield from blanks(below, part, inner, (*path, key, *steps))


def _keys(model: type[FileModel], data: FileContent, place: Position, path: Path) -> Iterator[Blank]:
    nested = nested_models(model)
    # `x-phoenix` is ours, though it looks like a comment.
    for key in (key for key in place.blanks if key not in data and (key in nested or not is_comment(key))):
        shape, below = nested.get(key, ("", FileModel))
        if issubclass(below, StrictModel):
            yield Blank(path, key, _KINDS[shape], below)
        elif issubclass(model, StrictModel) and key not in model.idle | model.may_be_blank:
            yield Blank(path, key, "key" if key in known_keys(model) else "unknown", model)


def _texts(model: type[StrictModel], data: FileContent, place: Position, path: Path) -> Iterator[Blank]:
    empty = [key for key, value in data.items() if key in model.conditions and _says_nothing(value)]
    yield from (Blank(path, key, "key", model, empty_text=True) for key in empty)
    said = {key for key in data.keys() | place.blanks.keys() if not is_comment(key)}
    # A rule that brings in a group, and names none, is refused for that.
    if model.beside and said <= model.beside | model.idle and data.get("type") != "group":
        yield Blank(path, "", "said nothing", model)


def _entries(value: Any, place: Position, path: Path, model: type[StrictModel]) -> Iterator[Blank]:
    for step in place.blanks:
        if isinstance(value, list):
            yield Blank(path, int(step), "entry of a list", model)
        elif isinstance(value, dict) and step not in value and step[:1] not in ("_", "$"):
            yield Blank(path, step, "entry of a map", model)


def _says_nothing(value: Any) -> bool:
    return isinstance(value, str) and not value.replace(",", "").strip()
