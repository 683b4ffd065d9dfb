"""The Proxmox API of a lab in a thread of its own, for tests and tools that have no event loop."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from phoenix_providers.lab.certificates import CertificateAuthority
from phoenix_providers.lab.proxmox.server import ProxmoxServer, start
from phoenix_providers.lab.request_log import RequestLog
from phoenix_providers.lab.site import LabSite

Result = TypeVar("Result")


class ProxmoxInThread:
    """Starts with the block, stops with it; may be entered again, and then remembers.

    Attributes:
        server: The running server, inside the block.
        ca_file: What to trust.
    """

    server: ProxmoxServer

    def __init__(self, site: LabSite, folder: Path) -> None:
        self._site = site
        self._folder = folder
        self._authority = CertificateAuthority(folder / "ca")
        self._log_file = folder / "requests.jsonl"
        self.ca_file = self._authority.ca_file

    def __enter__(self) -> ProxmoxInThread:
        """Start the server."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxmox")
        self._thread.start()
        try:
            log = RequestLog(self._log_file)
            self.server = self._run(start(self._site, self._folder / "proxmox", self._authority, log))
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self._run(self.server.stop())
        self._end()

    def requests(self) -> list[dict[str, Any]]:
        """Return what was logged so far.

        A client may see its connection cut before the request is written down, so the server ends its turn first.
        """
        self._run(asyncio.sleep(0))
        if not self._log_file.exists():
            return []
        return [json.loads(line) for line in self._log_file.read_text().splitlines()]

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
