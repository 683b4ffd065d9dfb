"""What every place of delivery can do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Protocol

from phoenix_providers.errors import MissingFolderError
from phoenix_providers.models.consumer import Consumer

# Traefik loads every .yml, .yaml and .toml in its directory; dnsmasq reads everything but names that end with ~ or
# begin with a dot, and keeps what it read of a file that is renamed. An unfinished file must be nothing to both.
UNFINISHED_SUFFIX = ".phoenix-unfinished~"
LOADED_SUFFIXES = (".yml", ".yaml", ".toml")
NEW_FILE_MODE = 0o644


TRAEFIK = Consumer(
    "Traefik",
    "configuration directory",
    "the directory that Traefik's file provider watches",
    "pulumi config set phoenix:traefikTarget {}",
)


def missing_folder(consumer: Consumer, where: str, making: str, naming: str) -> MissingFolderError:
    """Return what to raise where the folder is not there.

    Args:
        consumer: Who reads it.
        where: The folder, with its machine.
        making: The command that makes it.
        naming: How to name another one.
    """
    return MissingFolderError(
        f"{consumer.name}'s {consumer.folder} does not exist",
        where=where,
        seen="no such directory",
        expected=consumer.expected,
        next_step=f"{making}   (if {consumer.name} reads it there)\n            or: {naming}",
    )


class Delivery(Protocol):
    """A folder that its reader watches. Texts are UTF-8; names are plain file names.

    Nothing but the files that we are asked for is ever written, and every method raises an `UnreachableError` when
    the folder cannot be reached: silence is never an absent file.
    """

    def check(self) -> None:
        """Raise unless files can be put there."""
        ...

    def read(self, name: str) -> str | None:
        """Return a file's text; None when there is no such file."""
        ...

    def write(self, name: str, text: str) -> None:
        """Replace a file in one step, keeping owner and mode: readers see the old or the new text, never a part."""
        ...

    def remove(self, name: str) -> None:
        """Delete a file; "already gone" is fine."""
        ...

    def other_files(self, ours: Collection[str]) -> Mapping[str, str]:
        """Return the text of every other file that Traefik loads from the folder, by path within it, sorted."""
        ...


def is_loaded(name: str) -> bool:
    """Whether Traefik loads a file of this name."""
    return name.lower().endswith(LOADED_SUFFIXES)


def decoded(content: bytes) -> str:
    """Return the text of a file; what is not UTF-8 becomes visible as such, and so is never taken for ours."""
    return content.decode(errors="backslashreplace")


def unfinished(folder: PurePosixPath, name: str) -> PurePosixPath:
    """Return where a file is written before it is moved into place."""
    return folder / (name + UNFINISHED_SUFFIX)
