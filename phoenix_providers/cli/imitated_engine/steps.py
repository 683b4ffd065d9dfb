"""What the engine does with one resource, from what its provider says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from phoenix_providers.cli.imitated_engine.stored_state import StoredResource
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.resources.by_line import whole
from phoenix_providers.resources.shown_items import without_items

Operation = Literal["same", "create", "update", "replace", "create-replacement", "delete", "delete-replaced"]


@dataclass(frozen=True)
class Step:
    """One operation, in the engine's words.

    Attributes:
        changed: Names of what is declared otherwise than it was, or than it is.
        old: The resource as it is now; None if it is made.
        inputs: What is declared of it, with marks for what nobody knows yet; None if it goes.
    """

    operation: Operation
    urn: str
    changed: tuple[str, ...] = ()
    old: StoredResource | None = field(default=None, compare=False, repr=False)
    inputs: StoredProperties | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The resource's name."""
        return self.urn.rpartition("::")[2]

    @property
    def type(self) -> str:
        """The resource's own type, without those above it."""
        return self.urn.split("::")[2].rpartition("$")[2]


@dataclass(frozen=True)
class Comparison:
    """What a provider says of a resource that is there.

    Attributes:
        changes: Whether anything differs; None leaves that to the inputs.
        replaces: What cannot be changed in place.
    """

    changes: bool | None
    replaces: Sequence[str] = ()


def operations(
    old: StoredResource | None, inputs: StoredProperties, comparison: Comparison | None
) -> tuple[Operation, ...]:
    """Return what is done to one resource that the program declares.

    Args:
        old: What the state has of it, behind the refresh.
        inputs: What is declared, as the provider has checked it.
        comparison: What the provider says; None for a component, which has none.
    """
    if old is None:
        return ("create",)
    changes = comparison.changes if comparison is not None else None
    if changes is None:
        changes = dict(old.inputs) != dict(inputs)
    if not changes:
        return ("same",)
    if comparison is not None and comparison.replaces:
        return "create-replacement", "replace", "delete-replaced"
    return ("update",)


def changed_names(old: StoredResource | None, inputs: StoredProperties) -> tuple[str, ...]:
    """Return the names of inputs that differ; the engine's own and the provider's are nobody's business."""
    had = without_items(old.inputs) if old is not None else {}
    names = sorted(name for name in {*had, *without_items(inputs)} if not name.startswith("__"))
    return tuple(name for name in names if whole(had.get(name)) != whole(inputs.get(name)))


def with_ignored(inputs: StoredProperties, old: StoredResource | None, ignored: Sequence[str]) -> Properties:
    """Return what is declared, with the old values of properties that the program leaves as they are."""
    if old is None:
        return dict(inputs)
    kept = {name: old.inputs[name] for name in ignored if name in old.inputs}
    return {name: value for name, value in inputs.items() if name not in ignored} | kept


def leaving(stored: Iterable[StoredResource], declared: Collection[str]) -> list[Step]:
    """Return what goes: all that the state has, behind the refresh, and nobody declares any more."""
    return [
        Step("delete-replaced" if one.is_condemned else "delete", one.urn, old=one)
        for one in stored
        if one.is_condemned or one.urn not in declared
    ]
