"""Looking again while a server is away: a short restart in the middle of a run is no reason to fail it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from phoenix_providers.clients.portainer.server_state import ServerState
from phoenix_providers.clients.portainer.silence import EngineSilentError
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import AmbiguousWriteError, ProductError, UnreachableError

_PAUSE_SECONDS = 0.5
# How long Portainer may be away before work that has not begun yet is given up. All stacks share that time.
_BRIEFLY_SECONDS = 30.0
# What servers, and what stands before them, answer while they start.
_PASSING = frozenset({500, 502, 503, 504})

Seen = TypeVar("Seen")


class Patience:
    """Repeats looks, and of writes only those that were never sent."""

    def __init__(self, server: ServerState, clock: Clock) -> None:
        self._server = server
        self._clock = clock

    def until(self, deadline: Deadline, look: Callable[[], Seen]) -> Seen:
        """Look until there is an answer, from Portainer and from the engine behind it; then what was seen last."""
        while True:
            try:
                return look()
            except ProductError as error:
                if not _passes(error) or deadline.passed:
                    raise
            self._clock.sleep(min(_PAUSE_SECONDS, deadline.remaining))
            self._server.ask_again()

    def briefly(self, look: Callable[[], Seen], *, writes: bool = False) -> Seen:
        """Look again while Portainer itself is away for a short time; an engine that does not answer is no such case.

        With `writes` only what surely was not sent is done again.
        """
        passing = UnreachableError if writes else UnreachableError | AmbiguousWriteError
        while True:
            try:
                seen = look()
            except EngineSilentError:
                self._server.away_since = None
                raise
            except ProductError as error:
                if not isinstance(error, passing):
                    raise
                if self._server.away_since is None:
                    self._server.away_since = self._clock.now()
                if self._clock.now() - self._server.away_since >= _BRIEFLY_SECONDS:
                    raise
            else:
                self._server.away_since = None
                return seen
            self._clock.sleep(_PAUSE_SECONDS)
            self._server.ask_again()


def _passes(error: ProductError) -> bool:
    return isinstance(error, UnreachableError | AmbiguousWriteError) or error.status in _PASSING
