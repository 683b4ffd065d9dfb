"""The refresh in front of the program: everything that the state has is looked at, side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from phoenix_providers.cli.imitated_engine.kind import Kind
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource

_AT_ONCE = 8


class Refresh:
    """Looks in the background, while the program plans; `result` waits for it.

    Args:
        stored: The state.
        kind_of: Returns who makes resources of a type.
        before: Returns when everything can be looked at, or raises what keeps it from that.
        targets: Names of what is looked at; None for everything.

    Attributes:
        failures: Why something could not be looked at; nothing can be planned then.
        condemned: What an interrupted run has left to be deleted; known behind `result`.
    """

    def __init__(
        self,
        stored: Sequence[StoredResource],
        kind_of: Callable[[str], Kind],
        before: Callable[[], None],
        targets: Collection[str] | None = None,
    ) -> None:
        self.failures: list[Exception] = []
        self.condemned: Sequence[StoredResource] = ()
        self._kind_of = kind_of
        self._before = before
        self._targets = targets
        self._background = ThreadPoolExecutor(max_workers=1)
        self._found = self._background.submit(self._all, stored)

    def result(self) -> dict[str, StoredResource]:
        """Return what is left, by URN.

        Raises:
            Exception: The first of the failures.
        """
        found = self._found.result()
        if self.failures:
            raise self.failures[0]
        return found

    def close(self) -> None:
        """Wait for what is still being looked at."""
        self._background.shutdown()

    def _all(self, stored: Sequence[StoredResource]) -> dict[str, StoredResource]:
        try:
            self._before()
        except Exception as error:
            self.failures.append(error)
            return {}
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            left = [one for one in pool.map(self._looked_at, stored) if one is not None]
        self.condemned = [one for one in left if one.is_condemned]
        return {one.urn: one for one in left if not one.is_condemned}

    def _looked_at(self, stored: StoredResource) -> StoredResource | None:
        if not stored.is_custom or (self._targets is not None and stored.name not in self._targets):
            return stored
        try:
            return self._kind_of(stored.type).read(stored)
        except Exception as error:
            self.failures.append(error)
            return None
