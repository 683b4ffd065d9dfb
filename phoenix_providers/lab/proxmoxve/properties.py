"""Describes the properties of a resource type; checking, defaults and comparison work from it."""

from __future__ import annotations

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
        default: Filled in when it is left out; None when there is no default.
        sticky: The default is what stood at the same place before, if that is not known to be the user's own.
        computed: An output only.
        replaces: A change makes a new object.
        choices: Allowed texts; `any_case` takes them in other letter case too.
        most: Number of elements that a list may have at most, `least` at least.
        fields: Properties of an object, or of the objects in a list.
    """

    name: str
    kind: Kind
    required: bool = False
    default: Any = None
    sticky: bool = False
    computed: bool = False
    replaces: bool = False
    choices: tuple[str, ...] = ()
    any_case: bool = False
    most: int | None = None
    least: int = 0
    fields: tuple[Property, ...] = ()


POLICIES = ("ACCEPT", "REJECT", "DROP")
LOG_LEVELS = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog")
