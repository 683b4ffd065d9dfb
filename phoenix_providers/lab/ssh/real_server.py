"""Debian's sshd on loopback, with keys of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import asyncssh

from phoenix_providers.lab.network import free_port

_SECONDS = 10.0
_PAUSE_SECONDS = 0.05
_PLACES = "/usr/sbin:/usr/local/sbin"


def sshd() -> str | None:
    """Return the command, if it is installed and this user may start it."""
    found = shutil.which("sshd", path=f"{_PLACES}:{os.environ.get('PATH', '')}")
    return found if os.geteuid() == 0 else None


class RealSshServer:
    """A running sshd; `path` is the PATH of the commands that it runs."""

    def __init__(self, folder: Path, path: str = "") -> None:
        self._folder = folder / "sshd"
        self._path = path or os.environ["PATH"]
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = free_port()

    def __enter__(self) -> RealSshServer:
        command = sshd()
        if command is None:
            raise RuntimeError("Debian's openssh-server is not installed, or this user is not root")
        self._folder.mkdir(mode=0o700)
        host = self._folder / "host"
        self.host_key.write_private_key(str(host))
        host.chmod(0o600)
        (self._folder / "authorized").write_bytes(self.user_key.export_public_key())
        Path("/run/sshd").mkdir(exist_ok=True)
        arguments = [command, "-D", "-e", "-f", "/dev/null", *(part for one in self._options() for part in ("-o", one))]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(arguments, stderr=log, stdin=subprocess.DEVNULL)
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(_SECONDS)

    def _options(self) -> list[str]:
        return [
            f"ListenAddress=127.0.0.1:{self.port}",
            f"HostKey={self._folder / 'host'}",
            f"AuthorizedKeysFile={self._folder / 'authorized'}",
            f"PidFile={self._folder / 'pid'}",
            f"SetEnv=PATH={self._path}",
            "StrictModes=no",
            "UsePAM=no",
            "PermitRootLogin=prohibit-password",
            "PasswordAuthentication=no",
            "Subsystem=sftp internal-sftp",
        ]

    def _wait(self) -> None:
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(_PAUSE_SECONDS)
            else:
                return
        raise RuntimeError(f"sshd did not start: {(self._folder / 'log').read_text()}")
