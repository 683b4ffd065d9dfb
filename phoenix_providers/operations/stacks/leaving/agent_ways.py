"""The ways to the agents of environments that leave: kept open until their stacks are removed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from phoenix_providers.errors import UnreachableError
from phoenix_providers.operations.stacks.environment_lookup import by_id, full_url
from phoenix_providers.planning.stacks.leaving.leaving_environments import LeavingEnvironment, out_of_reach

if TYPE_CHECKING:
    from phoenix_providers.clients.portainer.records import Environment
    from phoenix_providers.operations.clients_of_run import PortainerAccess


class AgentWays:
    """Environments that leave in this run, and whether Portainer reaches their agents.

    Where a name leads nowhere any more, since it left DNS before anything is deleted, the environment is led to the
    address that the name stood for. It is deleted behind its stacks, so nothing has to be put back.
    """

    def __init__(self, leaving: Iterable[LeavingEnvironment] = ()) -> None:
        self._leaving = {one.number: one for one in leaving}
        self._judged: dict[int, UnreachableError | None] = {}
        self._lock = threading.Lock()

    def open(self, access: PortainerAccess, number: int) -> None:
        """See to it that the agent can be reached; all stacks of the environment share one look.

        Raises:
            UnreachableError: It cannot.
        """
        with self._lock:
            one = self._leaving.get(number)
            if one is None:
                return
            if number not in self._judged:
                self._judged[number] = _opened(access, one)
            if (error := self._judged[number]) is not None:
                raise error

    def part(self, access: PortainerAccess, url: str) -> None:
        """Lead whoever leaves and has this URL to its own machine, before another one gets the URL."""
        with self._lock:
            for one in self._leaving.values():
                found = by_id(access.environments.all(), one.number) if one.handed_on and one.url == url else None
                if found is not None and full_url(found.url) == url:
                    _lead(access, found, one.address)


def _opened(access: PortainerAccess, one: LeavingEnvironment) -> UnreachableError | None:
    found = by_id(access.environments.fresh(), one.number)
    if found is None:
        return None
    # Another machine may answer under the name.
    error = None if one.handed_on and full_url(found.url) == one.url else _silent(access, one.number)
    if one.address and full_url(found.url) != one.address and (error is not None or one.handed_on):
        _lead(access, found, one.address)
        error = _silent(access, one.number)
    return out_of_reach(one, error) if error is not None else None


def _lead(access: PortainerAccess, found: Environment, url: str) -> None:
    access.environments.update(found.id, name=found.name, url=url)


def _silent(access: PortainerAccess, number: int) -> UnreachableError | None:
    """Ask anew: what has answered before may have been asked while its name was still known."""
    try:
        access.docker(number).beside(number).ping()
    except UnreachableError as error:
        return error
    return None
