"""Delivery into a directory of another machine, over SFTP."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TypeVar

import asyncssh

from phoenix_providers.clients.delivery.ssh_connection import SshHost
from phoenix_providers.clients.delivery.target import (
    NEW_FILE_MODE,
    TRAEFIK,
    decoded,
    is_loaded,
    missing_folder,
    unfinished,
)
from phoenix_providers.errors import MissingFolderError, ProductError, UnreachableError
from phoenix_providers.models.consumer import Consumer

Result = TypeVar("Result")
_READING, _WRITING = "read", "written"


class SshDelivery:
    """A directory of another machine: `ssh://user@host[:port]/dir`."""

    def __init__(self, host: SshHost, folder: PurePosixPath, consumer: Consumer = TRAEFIK) -> None:
        self._host = host
        self._folder = folder
        self._reader = consumer

    def check(self) -> None:
        """Raise unless the directory is there and files can be put into it; a file of ours is made and removed."""

        async def work(sftp: asyncssh.SFTPClient) -> None:
            if not await sftp.isdir(str(self._folder)):
                raise self._missing()
            trial = str(unfinished(self._folder, "phoenix-check"))
            async with sftp.open(trial, "wb"):
                pass
            await sftp.remove(trial)

        self._with_files(work, _WRITING)

    def read(self, name: str) -> str | None:
        """Return a file's text; None when there is no such file."""
        file = str(self._folder / name)

        async def work(sftp: asyncssh.SFTPClient) -> bytes | None:
            if not await sftp.isdir(str(self._folder)):
                raise self._missing()
            try:
                return await _content(sftp, file)
            except asyncssh.SFTPNoSuchFile:
                return None

        content = self._with_files(work, _READING)
        return None if content is None else decoded(content)

    def write(self, name: str, text: str) -> None:
        """Replace a file in one step, keeping its mode and owner; a lost answer is resolved by looking."""
        target, new = str(self._folder / name), str(unfinished(self._folder, name))

        async def work(sftp: asyncssh.SFTPClient) -> None:
            try:
                await _write_durably(sftp, new, text.encode())
                await _take_over_owner_and_mode(sftp, target, new)
                await sftp.posix_rename(new, target)
            except asyncssh.SFTPError as error:
                if not isinstance(error, asyncssh.SFTPConnectionLost | asyncssh.SFTPNoConnection):
                    await _forget(sftp, new)
                raise

        try:
            self._with_files(work, _WRITING)
        except UnreachableError:
            if self.read(name) != text:
                raise

    def remove(self, name: str) -> None:
        """Delete a file, and what an interrupted write has left of it; "already gone" is fine."""
        files = (str(self._folder / name), str(unfinished(self._folder, name)))

        async def work(sftp: asyncssh.SFTPClient) -> None:
            if not await sftp.isdir(str(self._folder)):
                raise self._missing()
            for file in files:
                await _forget(sftp, file)

        self._with_files(work, "removed")

    def other_files(self, ours: Collection[str]) -> Mapping[str, str]:
        """Return the text of every other file that Traefik loads."""

        async def work(sftp: asyncssh.SFTPClient) -> dict[str, bytes]:
            found: dict[str, bytes] = {}
            waiting = [self._folder]
            while waiting:
                folder = waiting.pop()
                for entry in await sftp.readdir(str(folder)):
                    path = folder / str(entry.filename)
                    name = str(path.relative_to(self._folder))
                    if entry.filename in (".", "..") or name in ours:
                        continue
                    if entry.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
                        waiting.append(path)
                    elif is_loaded(name):
                        # A file that has just gone, or a link to nowhere.
                        with suppress(asyncssh.SFTPNoSuchFile):
                            found[name] = await _content(sftp, str(path))
            return found

        found = self._with_files(work, _READING)
        return {name: decoded(found[name]) for name in sorted(found)}

    def _with_files(self, work: Callable[[asyncssh.SFTPClient], Awaitable[Result]], verb: str) -> Result:
        async def over(connection: asyncssh.SSHClientConnection) -> Result:
            try:
                async with connection.start_sftp_client() as sftp:
                    return await work(sftp)
            except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
                raise
            except asyncssh.SFTPError as error:
                raise ProductError(
                    f"{self._reader.name}'s file cannot be {verb}; nothing was changed",
                    where=f"{self._host.address}:{self._folder}",
                    seen=error.reason or type(error).__name__,
                    next_step=f"{self._host.address.command} 'ls -ld {self._folder}; df {self._folder}'",
                ) from None

        return self._host.run(over)

    def _missing(self) -> MissingFolderError:
        address = self._host.address
        making = f"{address.command} {shlex.quote(f'mkdir -p {shlex.quote(str(self._folder))}')}"
        naming = self._reader.name_another("ssh://USER@HOST/DIRECTORY")
        return missing_folder(self._reader, f"{address}:{self._folder}", making, naming)


async def _content(sftp: asyncssh.SFTPClient, file: str) -> bytes:
    async with sftp.open(file, "rb") as stream:
        content: bytes = await stream.read()
        return content


async def _write_durably(sftp: asyncssh.SFTPClient, file: str, content: bytes) -> None:
    async with sftp.open(file, "wb") as stream:
        await stream.write(content)
        # An extension of OpenSSH; a server without it decides by itself when the disk has it.
        with suppress(asyncssh.SFTPOpUnsupported):
            await stream.fsync()


async def _take_over_owner_and_mode(sftp: asyncssh.SFTPClient, old: str, new: str) -> None:
    try:
        status = await sftp.stat(old)
    except asyncssh.SFTPNoSuchFile:
        await sftp.chmod(new, NEW_FILE_MODE)
        return
    own = await sftp.stat(new)
    if status.uid is not None and status.gid is not None and (status.uid, status.gid) != (own.uid, own.gid):
        await sftp.chown(new, status.uid, status.gid)
    await sftp.chmod(new, (status.permissions or NEW_FILE_MODE) & 0o7777)


async def _forget(sftp: asyncssh.SFTPClient, file: str) -> None:
    try:
        await sftp.remove(file)
    except asyncssh.SFTPNoSuchFile:
        return
