"""The Portainer server as a whole: which line of releases it is of, and whether it stayed up."""

from __future__ import annotations

import re
import threading

from phoenix_providers.clients.portainer.deploy_queue import DeployQueue
from phoenix_providers.clients.portainer.session import PortainerSession

# From this release on a record is saved before the deploy begins; the first release that did so is not known.
_SURELY_IN_THE_BACKGROUND = (2, 45)
# No environment has this number.
_WHOLE_SERVER = 0


class ServerState:
    """Facts that all stacks of a server share.

    Attributes:
        queue: What was sent and has not ended.
        away_since: When it was first seen to be away, if it is; by the clock of whoever waits for it.
    """

    def __init__(self, session: PortainerSession) -> None:
        self._session = session
        self._version: tuple[int, int] | None = None
        self._locks: dict[int, threading.Lock] = {}
        self._making = threading.Lock()
        self.queue = DeployQueue()
        self.away_since: float | None = None

    def ask_again(self) -> None:
        """Ask it again, though it was silent a moment ago."""
        self._session.ask_again()

    @property
    def restarts(self) -> int:
        """How often the server was seen to have restarted."""
        return self._session.restarts

    def deploying(self, environment_id: int) -> threading.Lock:
        """Return what is held while a stack is deployed; who waits for it waits with a limit that has not begun.

        A server that may block deploys one at a time, and would only make the others' requests wait. Others keep a
        queue of their own: there only the stacks of one environment wait for each other, since each looks at what the
        one before it took.
        """
        with self._making:
            return self._locks.setdefault(_WHOLE_SERVER if self.may_block else environment_id, threading.Lock())

    @property
    def may_block(self) -> bool:
        """Whether create and update may answer only when the deploy has ended, and queue behind each other."""
        return self.version < _SURELY_IN_THE_BACKGROUND

    @property
    def version(self) -> tuple[int, int]:
        """Major and minor number; (0, 0) when the server does not say."""
        if self._version is None:
            found = re.match(r"(\d+)\.(\d+)", str(self._session.known_status.get("Version", "")))
            self._version = (int(found[1]), int(found[2])) if found else (0, 0)
        return self._version
