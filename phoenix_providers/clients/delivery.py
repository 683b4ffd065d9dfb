"""Putting files where Traefik reads them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from phoenix_providers.errors import ConfigurationError, Explanation, ProductError, UnreachableError

# Traefik loads every .yml, .yaml and .toml in its directory, so an unfinished file must not end like that.
_UNFINISHED_SUFFIX = ".phoenix-unfinished"


class Delivery(Protocol):
    """A folder that Traefik watches. Texts are UTF-8; names are plain file names."""

    def check(self) -> None:
        """Raise unless files can be put there."""
        ...

    def read(self, name: str) -> str | None:
        """Return a file's text; None when there is no such file."""
        ...

    def write(self, name: str, text: str) -> None:
        """Replace a file in one step: readers see the old or the new text, never a part."""
        ...

    def remove(self, name: str) -> None:
        """Delete a file; "already gone" is fine."""
        ...


class DirectoryDelivery:
    """A directory of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """Raise unless the directory exists and is writable."""
        if not self._folder.is_dir():
            raise UnreachableError(
                "Traefik's configuration directory does not exist",
                where=str(self._folder),
                expected="the directory that Traefik's file provider watches",
                next_step="pulumi config set phoenix:traefikTarget DIRECTORY",
            )
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise ProductError(
                "Traefik's configuration directory cannot be written",
                where=str(self._folder),
                expected="write permission for the user who runs this command",
                next_step=f"ls -ld {self._folder}",
            )

    def read(self, name: str) -> str | None:
        """Return a file's text; None when there is no such file."""
        self.check()
        try:
            return (self._folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, name: str, text: str) -> None:
        """Replace a file in one step, keeping its mode and owner."""
        self.check()
        target = self._folder / name
        unfinished = self._folder / (name + _UNFINISHED_SUFFIX)
        with unfinished.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            status = target.stat()
            unfinished.chmod(status.st_mode & 0o7777)
            if (status.st_uid, status.st_gid) != (os.getuid(), os.getgid()):
                os.chown(unfinished, status.st_uid, status.st_gid)
        unfinished.replace(target)

    def remove(self, name: str) -> None:
        """Delete a file; "already gone" is fine."""
        self.check()
        (self._folder / name).unlink(missing_ok=True)


def open_delivery(target: str) -> Delivery:
    """Return the delivery for a setting `traefikTarget`.

    Raises:
        ConfigurationError: The kind of target is not known.
    """
    if "://" in target:
        scheme = target.partition("://")[0]
        raise ConfigurationError(
            "phoenix:traefikTarget cannot be used",
            (
                Explanation(
                    f"Delivery by {scheme}:// is not available in this version",
                    seen=target,
                    expected="a directory of this machine",
                    next_step="pulumi config set phoenix:traefikTarget DIRECTORY",
                ),
            ),
        )
    return DirectoryDelivery(Path(target))
