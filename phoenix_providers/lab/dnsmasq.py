"""A real dnsmasq on loopback that watches a directory of hosts files, as one on a Proxmox host may."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from phoenix_providers.lab.network import free_port

PROGRAM = shutil.which("dnsmasq", path=f"/usr/sbin:/usr/local/sbin:{os.environ.get('PATH', '')}")
_START_SECONDS = 10.0
_PAUSE_SECONDS = 0.05


class Dnsmasq:
    """Runs with the block; answers from the files in `folder` alone and asks nobody else.

    Attributes:
        server: `IP:PORT`, as the setting phoenix:dnsServer takes it.
    """

    def __init__(self, folder: Path, address: str = "127.0.0.1", more: Path = Path("/dev/null")) -> None:
        """Prepare it; `more` is a file with options of its own."""
        self._folder = folder
        self._more = more
        self._address = address
        self._port = free_port(address)
        self._process: subprocess.Popen[bytes] | None = None
        self.server = f"{address}:{self._port}"

    def __enter__(self) -> Dnsmasq:
        """Start it, and wait until it listens."""
        if PROGRAM is None:
            raise FileNotFoundError("dnsmasq (Debian: dnsmasq-base)")
        # It would go on as the user nobody, who may not read the folder.
        user = ["--user=root"] if os.geteuid() == 0 else []
        options = [
            *("--keep-in-foreground", f"--conf-file={self._more}", "--no-resolv", "--no-hosts", "--bind-interfaces"),
            *(f"--listen-address={self._address}", f"--port={self._port}", f"--hostsdir={self._folder}", "--pid-file="),
        ]
        self._process = subprocess.Popen([PROGRAM, *options, *user], stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_SECONDS
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError("dnsmasq did not start")
            time.sleep(_PAUSE_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_START_SECONDS)
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self._address, self._port)) == 0
