"""Recognises keys and names that look like a slip of a known one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import AliasChoices

from phoenix_providers.models.base import FileModel, StrictModel
from phoenix_providers.models.foreign_fields import FOREIGN_FIELDS

_SIMILARITY = 0.82
# Two letters are alike too easily.
_SHORTEST = 4


class NearMiss(NamedTuple):
    """A key that nobody knows, and the known one that it resembles.

    `meant` is empty where every key counts and this one is like none; `known` are then those that there are.
    """

    path: tuple[str | int, ...]
    key: str
    meant: str
    known: frozenset[str] = frozenset()


def nearest_keys(word: str, known: Collection[str], limit: int = 1) -> list[str]:
    """Return the known words that are most like this one, best first."""
    by_folded = {_folded(candidate): candidate for candidate in sorted(known)}
    return [by_folded[match] for match in get_close_matches(_folded(word), list(by_folded), limit, cutoff=0.6)]


def suggestion(word: str, known: Collection[str]) -> str:
    """Say what may have been meant, else what there is to choose from."""
    if matches := nearest_keys(word, known, limit=3):
        return "did you mean " + " or ".join(f"`{match}`" for match in matches) + "?"
    return "one of " + ", ".join(f"`{candidate}`" for candidate in sorted(known)) if known else ""


def meant_key(key: str, known: Collection[str]) -> str | None:
    """Return the known key of which this one is a slip; None for known, foreign and unlike keys, and for comments."""
    if key in known or key in FOREIGN_FIELDS or is_comment(key):
        return None
    return _resembled(key, frozenset(known))


def near_misses(
    model: type[FileModel], data: Any, path: tuple[str | int, ...] = (), *, tolerant: bool = False
) -> Iterator[NearMiss]:
    """Find slips in a part of a file and everything below it, whether or not it is otherwise valid.

    With `tolerant` (existing files) a key is left alone if the one it resembles is there too.
    """
    if not isinstance(data, dict):
        return
    keys = known_keys(model)
    for key in data:
        if issubclass(model, StrictModel):
            if key not in keys | model.idle and not is_comment(key):
                yield unknown_key(model, key, path)
            continue
        meant = meant_key(key, keys)
        if meant is not None and not (tolerant and meant in data):
            yield NearMiss(path, key, meant)
    for name, (shape, nested) in nested_models(model).items():
        for steps, part in parts(shape, data.get(name)):
            yield from near_misses(nested, part, (*path, name, *steps), tolerant=tolerant)


def unknown_key(model: type[StrictModel], key: str, path: tuple[str | int, ...]) -> NearMiss:
    """Say what a key may mean that this part does not know."""
    return NearMiss(path, key, _meant_strictly(key, model), known_keys(model))


def parts(shape: str, value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the path and data of every model in a value of this shape (see `nested_models`)."""
    if shape == "list" and isinstance(value, list):
        yield from (((index,), part) for index, part in enumerate(value))
    elif shape == "map" and isinstance(value, dict):
        yield from (((key,), part) for key, part in value.items())
    elif shape == "one":
        yield (), value


def is_comment(key: str) -> bool:
    """Whether a key is there for people."""
    return not key[:1].isalpha() or key.startswith("x-")


@lru_cache
def known_keys(model: type[FileModel]) -> frozenset[str]:
    """Return the keys that a model reads in a file."""
    keys = {field.alias or name for name, field in model.model_fields.items() if not field.exclude}
    for field in model.model_fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            keys.update(choice for choice in field.validation_alias.choices if isinstance(choice, str))
    return frozenset(keys)


@lru_cache
def nested_models(model: type[FileModel]) -> Mapping[str, tuple[str, type[FileModel]]]:
    """Return, by key in the file, which model a field holds and how: "one", a "list" or a "map" of them."""
    found = {field.alias or name: _shape(field.annotation) for name, field in model.model_fields.items()}
    return {name: shape for name, shape in found.items() if shape is not None}


def _shape(annotation: Any) -> tuple[str, type[FileModel]] | None:
    """Say how a field holds models: one, a list or a map of them; None when it holds none."""
    if isinstance(annotation, type) and issubclass(annotation, FileModel):
        return "one", annotation
    origin = get_origin(annotation)
    nested = next((shape for shape in map(_shape, get_args(annotation)) if shape is not None), None)
    if nested is None or origin is None:
        return None
    if origin is tuple:
        return "list", nested[1]
    return ("map", nested[1]) if isinstance(origin, type) and issubclass(origin, Mapping) else nested


def _meant_strictly(key: str, model: type[StrictModel]) -> str:
    words = {_folded(word): meant for word, meant in model.other_words.items()}
    if meant := words.get(_folded(key)):
        return meant
    return next(iter(nearest_keys(key, known_keys(model))), "")


@lru_cache(maxsize=4096)
def _resembled(key: str, known: frozenset[str]) -> str | None:
    folded = _folded(key)
    best, candidate = max(
        ((SequenceMatcher(None, folded, _folded(word)).ratio(), word) for word in sorted(known)), default=(0.0, "")
    )
    return candidate if best >= _SIMILARITY and len(candidate) >= _SHORTEST else None


def _folded(word: str) -> str:
    """Spell a word without regard to case and to how its parts are joined."""
    return word.lower().replace("-", "").replace("_", "").replace(" ", "")
