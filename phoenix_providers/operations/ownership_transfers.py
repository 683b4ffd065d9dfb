"""What one resource adopts in a run, another one must not delete at its end."""

from __future__ import annotations

import sys
import threading


class OwnershipTransfers:
    """Objects at Portainer that were made or adopted in this run, by kind and number.

    A resource under a new name adopts what is there, and the engine deletes the old name afterwards. The inventory
    refuses what it recognises; whatever it does not (name and place changed in one edit) is kept here.
    """

    def __init__(self) -> None:
        self._by_object: dict[tuple[str, int], str] = {}
        self._lock = threading.Lock()

    def note(self, kind: str, number: object, resource: str) -> None:
        """Remember that a resource has this object from now on; number 0 is none."""
        with self._lock:
            self._by_object[kind, _number(number)] = resource

    def keep(self, kind: str, number: object, resource: str) -> bool:
        """Whether another resource has the object that this one would delete; says so."""
        own = _number(number)
        with self._lock:
            owner = self._by_object.get((kind, own))
        if not own or owner in (None, resource):
            return False
        print(f"{kind} {own} stays in Portainer: {resource} is {owner} now", file=sys.stderr)
        return True


def _number(number: object) -> int:
    """Read a number of the state, where it comes back as 1.0."""
    return int(str(number or 0).partition(".")[0])
