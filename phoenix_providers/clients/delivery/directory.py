"""Delivery into a directory of this machine."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from phoenix_providers.clients.delivery.target import (
    NEW_FILE_MODE,
    TRAEFIK,
    UNFINISHED_SUFFIX,
    decoded,
    is_loaded,
    missing_folder,
)
from phoenix_providers.errors import ProductError
from phoenix_providers.models.consumer import Consumer


class DirectoryDelivery:
    """A directory of this machine."""

    def __init__(self, folder: Path, consumer: Consumer = TRAEFIK) -> None:
        self._folder = folder
        self._reader = consumer

    def check(self) -> None:
        """Raise unless the directory exists and is writable."""
        if not self._folder.is_dir():
            where, consumer = str(self._folder), self._reader
            raise missing_folder(consumer, where, f"mkdir -p {shlex.quote(where)}", consumer.places)
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise ProductError(
                f"{self._reader.name}'s {self._reader.folder} cannot be written",
                where=str(self._folder),
                expected="write permission for the user who runs this command",
                next_step=f"ls -ld {self._folder}",
            )

    def read(self, name: str) -> str | None:
        """Return a file's text; None when there is no such file."""
        self.check()
        file = self._folder / name
        with self._explained(file, "read"):
            try:
                return decoded(file.read_bytes())
            except FileNotFoundError:
                return None

    def write(self, name: str, text: str) -> None:
        """Replace a file in one step, keeping its mode and owner."""
        self.check()
        target = self._folder / name
        unfinished = self._folder / (name + UNFINISHED_SUFFIX)
        with self._explained(target, "written"):
            try:
                _write_durably(unfinished, text)
                _take_over_owner_and_mode(target, unfinished)
                unfinished.replace(target)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise
            _make_durable(self._folder)

    def remove(self, name: str) -> None:
        """Delete a file, and what an interrupted write has left of it; "already gone" is fine."""
        self.check()
        for file in (self._folder / name, self._folder / (name + UNFINISHED_SUFFIX)):
            with self._explained(file, "removed"):
                file.unlink(missing_ok=True)

    def other_files(self, ours: Collection[str]) -> Mapping[str, str]:
        """Return the text of every other file that Traefik loads."""
        self.check()
        found: dict[str, str] = {}
        for file in sorted(self._folder.rglob("*")):
            name = file.relative_to(self._folder).as_posix()
            if name not in ours and is_loaded(name) and file.is_file():
                # A file may go in between.
                with self._explained(file, "read"), suppress(FileNotFoundError):
                    found[name] = decoded(file.read_bytes())
        return found

    @contextmanager
    def _explained(self, file: Path, verb: str) -> Iterator[None]:
        """Say what the operating system refused, in place of its exception."""
        try:
            yield
        except OSError as error:
            raise ProductError(
                f"{self._reader.name}'s file cannot be {verb}; nothing was changed",
                where=str(file),
                seen=error.strerror or type(error).__name__,
                next_step=f"ls -ld {file.parent}; df {file.parent}",
            ) from None


def _write_durably(file: Path, text: str) -> None:
    with file.open("wb") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())


def _take_over_owner_and_mode(old: Path, new: Path) -> None:
    try:
        status = old.stat()
    except FileNotFoundError:
        new.chmod(NEW_FILE_MODE)
        return
    own = new.stat()
    if (status.st_uid, status.st_gid) != (own.st_uid, own.st_gid):
        os.chown(new, status.st_uid, status.st_gid)
    new.chmod(status.st_mode & 0o7777)


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
