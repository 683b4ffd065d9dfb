"""Giving environments their names while others still have them; Portainer takes each name once."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from phoenix_providers.clients.portainer.environments import PortainerEnvironments
from phoenix_providers.clients.portainer.records import Environment
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ConflictError

_PAUSE_SECONDS = 0.2
# Environments are brought up side by side, so who leaves a name does so at once.
_LONGEST_WAIT_SECONDS = 5


class EnvironmentNames:
    """Which names the environments of this run are to get, by number."""

    def __init__(self) -> None:
        self._wanted: dict[int, str] = {}
        self._lock = threading.Lock()

    def make_free(
        self,
        name: str,
        found: Environment,
        environments: PortainerEnvironments,
        seen: Iterable[Environment],
        clock: Clock,
    ) -> None:
        """Wait until nobody else has the name; of several that exchange theirs one takes another in between.

        Raises:
            ConflictError: Its holder keeps it.
        """
        with self._lock:
            self._wanted[found.id] = name
        deadline = Deadline.after(clock, _LONGEST_WAIT_SECONDS)
        while (holder := _holder(name, found.id, seen)) is not None:
            if deadline.passed:
                raise ConflictError(
                    f"Another environment of Portainer has the name {name}",
                    seen=f"{holder.name} (id {holder.id}, {holder.url})",
                    expected=f"{name} for the one at {found.url} (id {found.id})",
                    next_step="rename or remove the other one on Portainer's page Environments",
                )
            if found.name != (between := f"{name} ({found.id})") and self._leads_a_circle(found.id, seen):
                environments.update(found.id, name=between, url=None)
            else:
                clock.sleep(_PAUSE_SECONDS)
            seen = environments.fresh()

    def _leads_a_circle(self, number: int, seen: Iterable[Environment]) -> bool:
        """Whether those that wait for each other's names come back to this one, and it has the lowest number."""
        with self._lock:
            wanted = dict(self._wanted)
        by_name = {item.name: item.id for item in seen}
        waiting, following = [number], by_name.get(wanted[number])
        while following in wanted and following not in waiting:
            waiting.append(following)
            following = by_name.get(wanted[following])
        return following == number and number == min(waiting)


def _holder(name: str, number: int, seen: Iterable[Environment]) -> Environment | None:
    return next((item for item in seen if item.name == name and item.id != number), None)
