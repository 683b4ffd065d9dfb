"""A connection to the Proxmox API that is opened before a change of the firewall and outlives it.

Firewalls ask about new connections only. The connection is used every few seconds, since Proxmox closes idle ones.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from phoenix_providers.clients.proxmox.api import ProxmoxApi
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.clients.transport import Answer, Transport
from phoenix_providers.errors import PhoenixError

_EVERY_SECONDS = 2.0


class HeldTransport(Transport):
    """One request at a time, so that there is one session for all threads, and one connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._one_at_a_time = threading.RLock()

    def read(self, path: str, params: Mapping[str, str] | None = None, **options: Any) -> Answer:
        """GET over the one connection."""
        with self._one_at_a_time:
            return super().read(path, params, **options)

    def write(self, verb: str, path: str, **options: Any) -> Answer:
        """POST, PUT or DELETE over the one connection."""
        with self._one_at_a_time:
            return super().write(verb, path, **options)


class PersistentConnection:
    """The Proxmox API over that connection.

    Attributes:
        settings: What is set there.
    """

    def __init__(
        self, url: str, token: SecretStr | None, *, timeout: float, insecure: bool, every: float = _EVERY_SECONDS
    ) -> None:
        self._api = ProxmoxApi(url, token, timeout=timeout, insecure=insecure, open_transport=HeldTransport)
        self.settings: ProxmoxSettings = self._api.settings
        self._every = every
        self._done = threading.Event()
        self._api.version()
        # A daemon: the process of a run that ends early must not wait for it.
        self._thread = threading.Thread(target=self._keep_warm, name="held-proxmox", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let go of it."""
        self._done.set()
        self._thread.join()
        self._api.close()

    def _keep_warm(self) -> None:
        while not self._done.wait(self._every):
            try:
                self._api.version()
            except PhoenixError:
                # Whoever needs the connection next is told what is wrong with it.
                continue
