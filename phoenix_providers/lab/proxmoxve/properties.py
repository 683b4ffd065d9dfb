"""Describes the properties of a resource type; checking, defaults and comparison work from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


class Kind(Enum):
    """Type of a value; OBJECTS is a list of objects, TEXTS a list of texts."""

    TEXT = auto()
    SWITCH = auto()
    NUMBER = auto()
    TEXTS = auto()
    OBJECTS = auto()
    OBJECT = auto()


@dataclass(frozen=True)
class Property:
    """One property.

    Attributes:
        default: Taken when it is left out; None when there is no default. One that is empty, zero or off never shows
            among the inputs.
        computed: An output only.
        replaces: A change makes a new object.
        choices: Allowed texts; `any_case` takes them in other letter case too.
        pattern: What a text has to contain, as a pattern and in words.
        span: Lowest and highest number.
        most: Number of elements that a list may have at most, `least` at least.
        fields: Properties of an object, or of the objects in a list.
        written: Terraform's name, where it is not the same in other letters.
    """

    name: str
    kind: Kind
    required: bool = False
    default: Any = None
    computed: bool = False
    replaces: bool = False
    choices: tuple[str, ...] = ()
    any_case: bool = False
    pattern: tuple[str, str] | None = None
    span: tuple[int, int] | None = None
    most: int | None = None
    least: int = 0
    fields: tuple[Property, ...] = ()
    written: str = ""

    @property
    def terraform_name(self) -> str:
        """The name that messages use."""
        return self.written or terraform_name(self.name)

    @property
    def is_list(self) -> bool:
        """Whether a value is a list."""
        return self.kind in (Kind.TEXTS, Kind.OBJECTS)


POLICIES = ("ACCEPT", "REJECT", "DROP")
LOG_LEVELS = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog")
GUEST_IDS = (100, 2147483647)


def terraform_name(name: str) -> str:
    """Return `node_name` for `nodeName`."""
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def with_unset(properties: Sequence[Property], state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a state in which every property stands, as None when it has no value."""
    whole = dict(state)
    for item in properties:
        value = whole.setdefault(item.name, None)
        if item.fields and isinstance(value, list):
            whole[item.name] = [with_unset(item.fields, element) for element in value]
    return whole
