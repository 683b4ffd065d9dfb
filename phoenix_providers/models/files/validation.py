"""Turns a part of a document into a model, or into problems that say what to mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from phoenix_providers.models.base import FileModel
from phoenix_providers.models.files.blank_problem import blank_problem
from phoenix_providers.models.files.blanks import Blank, blanks
from phoenix_providers.models.files.positions import Document, without_blanks
from phoenix_providers.models.location import Location
from phoenix_providers.models.near_miss import NearMiss, near_misses, nearest_keys, suggestion, unknown_key
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.wording import allowed, found, quoted_words

Model = TypeVar("Model", bound=FileModel)
Path = tuple[str | int, ...]


class Context(NamedTuple):
    """Where a part comes from: its document, the stack it belongs to, and whether the file is of the old spelling."""

    document: Document
    stack: str = ""
    tolerant: bool = False


def validated(
    model: type[Model], data: Any, path: Path, context: Context, **extra: Any
) -> tuple[Model | None, list[Problem]]:
    """Return the model, or None with every problem; `extra` are fields that do not stand in the file."""
    document = context.document
    slips = list(near_misses(model, data, path, tolerant=context.tolerant))
    problems = [_slip_problem(slip, context) for slip in slips]
    left_blank = list(blanks(model, data, document.place_of(*path), path))
    problems += sorted(_blank_problems(left_blank, context), key=_line)
    try:
        instance = model.model_validate({**data, **extra} if isinstance(data, dict) else data)
    except ValidationError as error:
        told = [one for one in left_blank if one.kind in ("key", "unknown") and not one.empty_text]
        mistyped = {*((*slip.path, slip.meant) for slip in slips), *((*one.path, one.step) for one in told)}
        problems += _wrong_values(error.errors(include_url=False), data, path, context, mistyped)
        return None, problems
    wrong = any(problem.severity is Severity.ERROR for problem in problems)
    return (None if wrong else instance), problems


def readable(model: type[Model], document: Document) -> tuple[Model | None, Document]:
    """Return what can be read of a document with errors, and the document without them.

    None where something indispensable is wrong.
    """
    if misread := _misread_entries(model, document):
        document = _without(document, misread)
    while True:
        try:
            return model.model_validate(document.data), document
        except ValidationError as error:
            wrong = {_wrong_part(document.data, details) for details in error.errors(include_url=False)}
            if () in wrong:
                return None, document
            document = _without(document, wrong)


def _misread_entries(model: type[FileModel], document: Document) -> set[Path]:
    """Return the entries of lists that mean something else without a key that is unknown, or has nothing behind it."""
    slips = [(*slip.path, slip.key) for slip in near_misses(model, document.data, tolerant=True)]
    left_blank = [
        one.path
        for one in blanks(model, document.data, document.place)
        if one.kind in ("key", "unknown", "said nothing") and not one.empty_text
    ]
    return {entry for path in (*slips, *left_blank) if (entry := _entry_of(path)) is not None}


def _without(document: Document, wrong: set[Path]) -> Document:
    data, place = without_blanks(_blanked(document.data, wrong), document.place)
    return replace(document, data=data, place=place)


def _wrong_part(data: Any, error: ErrorDetails) -> Path:
    """Return the path of what has to be left out: of a list the whole entry, since its rest means something else."""
    place = _place_in(data, error)
    if error["type"] == "missing":
        place = place[:-1]
    return _entry_of(place) or place


def _entry_of(place: Path) -> Path | None:
    """Return the innermost entry of a list on the way to a place; None without one."""
    lengths = [length for length, step in enumerate(place, start=1) if isinstance(step, int)]
    return place[: lengths[-1]] if lengths else None


def _blanked(data: Any, paths: set[Path]) -> Any:
    def part(step: str | int, value: Any) -> Any:
        return None if (step,) in paths else _blanked(value, {path[1:] for path in paths if path[0] == step})

    if not paths:
        return data
    if isinstance(data, dict):
        return {key: part(key, value) for key, value in data.items()}
    return [part(index, value) for index, value in enumerate(data)] if isinstance(data, list) else data


def _blank_problems(found: Iterable[Blank], context: Context) -> Iterator[Problem]:
    document = context.document
    lenient = context.tolerant or document.file.suffix.lower() == ".json"
    for blank in found:
        if blank.kind == "unknown":
            slip = unknown_key(blank.model, str(blank.step), blank.path)
            yield _slip_problem(slip, context, document.locate_blank(blank.path, blank.step))
        elif problem := blank_problem(blank, document, context.stack, lenient=lenient):
            yield problem


def _line(problem: Problem) -> int:
    return (problem.location.line if problem.location else None) or 0


def _slip_problem(slip: NearMiss, context: Context, location: Location | None = None) -> Problem:
    return Problem(
        f"unknown key `{slip.key}`",
        location or context.document.locate(*slip.path, slip.key),
        seen=f"`{slip.key}`",
        expected=f"did you mean `{slip.meant}`?" if slip.meant else suggestion(slip.key, slip.known),
        next_step=f"write `{slip.meant}` instead, or remove it" if slip.meant else f"remove `{slip.key}`",
        stack=context.stack,
    )


def _wrong_values(
    errors: Iterable[ErrorDetails], data: Any, path: Path, context: Context, mistyped: set[Path]
) -> list[Problem]:
    """Describe each wrong value once, although a union reports every alternative.

    A mistake inside a mapping makes the other alternatives fail as well ("or text"): only the mistake is told.
    """
    alternatives: dict[Path, list[ErrorDetails]] = {}
    for error in errors:
        alternatives.setdefault((*path, *_place_in(data, error)), []).append(error)
    told = {*alternatives, *mistyped}
    return [
        _wrong_value(details, place, context)
        for place, details in alternatives.items()
        if place not in mistyped and not any(len(other) > len(place) and other[: len(place)] == place for other in told)
    ]


def _wrong_value(details: list[ErrorDetails], path: Path, context: Context) -> Problem:
    location = context.document.locate(*path)
    expected = " or ".join(dict.fromkeys(allowed(detail) for detail in details))
    name = location.path or context.document.file.name
    if details[0]["type"] == "missing":
        return Problem(
            f"`{name}` is missing",
            location,
            seen=f"no `{path[-1]}`",
            expected=f"`{path[-1]}: ...`",
            next_step=f"add `{path[-1]}` at {location}",
            stack=context.stack,
        )
    value = details[0]["input"]
    if isinstance(value, str) and (match := nearest_keys(value, quoted_words(expected))):
        expected += f"; did you mean {match[0]}?"
    return Problem(
        f"`{name}` has a value that is not allowed",
        location,
        seen=found(value, path),
        expected=expected,
        next_step=f"correct it at {location}",
        stack=context.stack,
    )


def _place_in(data: Any, error: ErrorDetails) -> Path:
    """Return an error's path in the data; pydantic also names the alternatives of a union, which no file holds."""
    place: list[str | int] = []
    steps = error["loc"]
    for index, step in enumerate(steps):
        if isinstance(data, dict) and str(step) in data:
            place.append(str(step))
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            place.append(step)
            data = data[step]
        elif error["type"] == "missing" and index == len(steps) - 1 and isinstance(data, dict):
            place.append(str(step))
    return tuple(place)
