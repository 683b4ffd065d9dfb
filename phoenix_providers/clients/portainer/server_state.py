"""The Portainer server as a whole: which line of releases it is of, and whether it stayed up."""

from __future__ import annotations

import re
import threading

from phoenix_providers.clients.portainer.session import PortainerSession

# From this release on a record is saved before the deploy begins; the first release that did so is not known.
_SURELY_IN_THE_BACKGROUND = (2, 45)


class ServerState:
    """Facts that all stacks of a server share.

    Attributes:
        deploy_lock: Held while a stack is deployed. The server deploys one at a time anyway; who waits here waits
            with a limit that has not begun.
        away_since: When it was first seen to be away, if it is; by the clock of whoever waits for it.
    """

    def __init__(self, session: PortainerSession) -> None:
        self._session = session
        self._version: tuple[int, int] | None = None
        self.deploy_lock = threading.Lock()
        self.away_since: float | None = None

    @property
    def restarts(self) -> int:
        """How often the server was seen to have restarted."""
        return self._session.restarts

    @property
    def may_block(self) -> bool:
        """Whether create and update may answer only when the deploy has ended, and queue behind each other."""
        return self.version < _SURELY_IN_THE_BACKGROUND

    @property
    def version(self) -> tuple[int, int]:
        """Major and minor number; (0, 0) when the server does not say."""
        if self._version is None:
            found = re.match(r"(\d+)\.(\d+)", str(self._session.status().get("Version", "")))
            self._version = (int(found[1]), int(found[2])) if found else (0, 0)
        return self._version
