"""The base of all models of the configuration files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema


class FileModel(BaseModel):
    """A part of a file: frozen; fields that are not ours are accepted and forgotten.

    They are not kept, since among the fields of an existing file are passwords and tokens of other programs.
    Numbers stand for text where text is wanted, and the other way round: hand-written JSON mixes them.
    The text below a field is its description in the JSON Schema that editors show; only who writes that looks for it.
    """

    # Most processes of a run read no file, so what checks one is made where it is first needed.
    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, coerce_numbers_to_str=True, defer_build=True
    )


class StrictModel(FileModel):
    """A part in which every key counts: one that nobody knows is an error, whatever it looks like.

    Attributes:
        other_words: What people write, in the words of other programs, and the key that they mean.
        idle: Keys that say nothing, such as those that Proxmox adds to what it shows.
        may_be_blank: Keys that may have nothing behind them, since without them nothing passes that would not.
        conditions: Keys that make the part count for less: an empty text behind one says nothing, and so widens it.
        beside: Keys that do not do alone: with nothing else the part would mean all that there is.
        without: What holds where a key is left out.
        when_absent: What comes of it where the whole part is left out.
        entry: What one of its kind is where it stands in a list or map, with nothing behind its dash or name.
    """

    other_words: ClassVar[Mapping[str, str]] = {}
    idle: ClassVar[frozenset[str]] = frozenset()
    may_be_blank: ClassVar[frozenset[str]] = frozenset({"comment"})
    conditions: ClassVar[frozenset[str]] = frozenset()
    beside: ClassVar[frozenset[str]] = frozenset()
    without: ClassVar[Mapping[str, str]] = {}
    when_absent: ClassVar[str] = "what earlier runs wrote of it is taken away"
    entry: ClassVar[str] = "a mapping (key: value)"


def _not_a_switch(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("expected a whole number")  # noqa: TRY004 - pydantic reports ValueError only
    return value


def _switch_as_text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


Port = Annotated[int, Field(ge=1, le=65535), BeforeValidator(_not_a_switch)]
GuestId = Annotated[int, Field(ge=1), BeforeValidator(_not_a_switch)]
Name = Annotated[str, Field(min_length=1)]
# A variable's value may be any scalar; containers see text.
ScalarText = Annotated[
    str, BeforeValidator(_switch_as_text), WithJsonSchema({"type": ["string", "number", "boolean", "null"]})
]
# Text that is often digits alone.
NumberOrText = Annotated[str, WithJsonSchema({"type": ["string", "integer"]})]
