"""Proof that a run for one stack has left everything else alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from phoenix_providers.cli.run_progress.things import Thing
from phoenix_providers.models.engine_properties import EngineRecord

# What a record says of the object itself. The engine writes times and the order of edges anew, and its own providers'
# settings, with every run.
_FIELDS = ("type", "id", "parent", "delete", "inputs", "outputs")


@dataclass(frozen=True)
class Untouched:
    """What is behind a run as it was before it.

    Attributes:
        count: How many other things on products there are.
        changed: Those whose record is another one now.
        worked_on: Those with which the engine did something.
    """

    count: int
    changed: tuple[str, ...] = ()
    worked_on: tuple[str, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Whether nothing else was touched."""
        return not self.changed and not self.worked_on


def untouched(
    before: Iterable[EngineRecord], after: Iterable[EngineRecord], worked_on: Iterable[str], targets: Collection[str]
) -> Untouched:
    """Compare the state's records of all that is no target.

    Args:
        before: The state in front of the run, secrets in clear: what is encrypted is another text each time.
        after: The same behind it.
        worked_on: Addresses of what the engine created, changed or removed.
        targets: Names of what the run was about.
    """
    old, new = _others(before, targets), _others(after, targets)
    changed = [_words(urn) for urn in old.keys() | new.keys() if old.get(urn) != new.get(urn)]
    count = sum(thing.is_on_a_product for urn in old if (thing := Thing.of(urn)))
    return Untouched(
        count, tuple(sorted(changed)), tuple(_words(urn) for urn in worked_on if _name(urn) not in targets)
    )


def _others(records: Iterable[EngineRecord], targets: Collection[str]) -> Mapping[str, EngineRecord]:
    return {
        str(one["urn"]): {key: one.get(key) for key in _FIELDS}
        for one in records
        if Thing.of(str(one["urn"])) and _name(str(one["urn"])) not in targets
    }


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _words(urn: str) -> str:
    thing = Thing.of(urn)
    return thing.words if thing else _name(urn)
