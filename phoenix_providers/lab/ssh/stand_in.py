"""A stand-in for an SSH server, on loopback and in a thread: files, commands, and faults on demand."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh


@dataclass
class Faults:
    """What the server does wrong, once told so."""

    full_disk: bool = False
    read_only: bool = False
    # In SFTP only; for commands the stand-in for `pct` has a switch of its own.
    cut_before_rename: bool = False
    cut_after_rename: bool = False
    no_fsync: bool = False
    silent: bool = False


@dataclass
class StandInSshServer:
    """A running server, of the SSH library.

    Attributes:
        path: PATH of the commands that it runs.
    """

    folder: Path
    path: str = field(default_factory=lambda: os.environ["PATH"])
    faults: Faults = field(default_factory=Faults)
    port: int = 0

    def __enter__(self) -> StandInSshServer:
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._acceptor = self._run(self._listen())
        self.port = self._acceptor.get_port()
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> asyncssh.SSHAcceptor:
        authorized = asyncssh.import_authorized_keys(self.user_key.export_public_key().decode())
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[self.host_key],
            authorized_client_keys=authorized,
            sftp_factory=lambda channel: _Files(channel, self.faults),
            process_factory=self._process,
            encoding=None,
        )

    async def _stop(self) -> None:
        self._acceptor.close()
        await self._acceptor.wait_closed()

    async def _process(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """Run the command in a shell, as an SSH server does."""
        if self.faults.silent:
            await asyncio.sleep(3600)
        variables = {**os.environ, "PATH": self.path}
        child = await asyncio.create_subprocess_shell(
            process.command or "true",
            env=variables,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        content = await process.stdin.read()
        output, said = await child.communicate(content)
        if (self.faults.cut_after_rename and content) or (child.returncode or 0) < 0:
            process.channel.get_connection().abort()
            return
        process.stdout.write(output)
        process.stderr.write(said)
        process.exit(child.returncode or 0)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], faults: Faults) -> None:
        super().__init__(channel)
        self._connection = channel.get_connection()
        self._faults = faults

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if self._faults.read_only and pflags & asyncssh.FXF_WRITE:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return super().open(path, pflags, attrs)

    def write(self, file_obj: object, offset: int, data: bytes) -> Any:
        if self._faults.full_disk:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(file_obj, offset, data)

    def fsync(self, file_obj: object) -> Any:
        if self._faults.no_fsync:
            raise asyncssh.SFTPOpUnsupported("no fsync here")
        return super().fsync(file_obj)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> Any:
        return self._moved(lambda: super(_Files, self).posix_rename(oldpath, newpath))

    def _moved(self, move: Callable[[], Any]) -> Any:
        if self._faults.cut_before_rename:
            self._connection.abort()
            return None
        done = move()
        if self._faults.cut_after_rename:
            self._connection.abort()
        return done
