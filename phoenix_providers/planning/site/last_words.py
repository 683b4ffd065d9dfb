"""Which last words a run declares, and what leaves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

_PREFIX = "last-word-"


@dataclass(frozen=True)
class LastWords:
    """What a run does with them.

    Attributes:
        leaving: What the state has and the run does not declare, sorted; never a last word.
        present: On which everything that is declared depends.
        spare: What takes its place once something leaves; it has to be in the state before anything depends on it.
        condemned: What is deleted behind all that leaves; empty if nothing leaves, or if the state has none yet.
    """

    leaving: tuple[str, ...]
    present: str
    spare: str
    condemned: str

    @property
    def declared(self) -> tuple[str, str]:
        """The two that the run declares."""
        return self.present, self.spare


def last_words(recorded: Collection[str], declared: Collection[str], *, scoped: bool) -> LastWords:
    """Take the next one's turn if something leaves; a run for one stack removes nothing.

    Args:
        recorded: Names of all resources that the state has. Of last words it may have one that could not be deleted
            yet, besides the present one and the spare one.
        declared: Names of all resources of the run, last words aside.
        scoped: Whether the run is for one stack.
    """
    numbers = sorted(number for name in recorded if (number := _number(name)))
    gone = () if scoped else sorted(name for name in set(recorded) - set(declared) if not _number(name))
    present = numbers[-2:][0] if numbers else 1
    spare = numbers[-1] if len(numbers) > 1 else present + 1
    if not gone:
        return LastWords((), _name(present), _name(spare), "")
    condemned = _name(present) if numbers else ""
    return LastWords(tuple(gone), _name(spare), _name(spare + 1), condemned)


def _number(name: str) -> int:
    number = name.removeprefix(_PREFIX)
    return int(number) if number != name and number.isdecimal() else 0


def _name(number: int) -> str:
    return f"{_PREFIX}{number}"
