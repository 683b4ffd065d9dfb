"""Which files beside a compose file can travel with a stack."""

from __future__ import annotations

import os
from pathlib import Path

_LARGEST = 100_000
_MOST_IN_FOLDER = 20


class UnfitFileError(Exception):
    """A file that cannot travel inside the compose text."""


def text_content(file: Path, project: Path | None = None) -> bytes:
    """Return a small text file's content.

    Args:
        file: The file.
        project: The project's folder, out of which no link may lead; None where that does not matter.

    Raises:
        UnfitFileError: It is none.
    """
    if project is not None:
        _refuse_ways_out(file, project)
    try:
        size = file.stat().st_size
        # Reading a pipe would wait for ever.
        if file.is_dir():
            raise UnfitFileError("a folder")
        if not file.is_file():
            raise UnfitFileError("no regular file (a pipe, a socket or a device)")
        if size > _LARGEST:
            raise UnfitFileError(f"a file of {size} bytes; up to {_LARGEST} can travel with the stack")
        content = file.read_bytes()
    except OSError as error:
        raise UnfitFileError(f"a file that cannot be read ({error.strerror})") from None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise UnfitFileError("a binary file") from None
    if any(ord(character) < 32 and character not in "\t\r\n" for character in text):
        raise UnfitFileError("a binary file")
    return content


def folder_contents(folder: Path, project: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder by its path there.

    Raises:
        UnfitFileError: There are too many, or some cannot travel.
    """
    _refuse_ways_out(folder, project)
    files: list[Path] = []
    for place, folders, names in os.walk(folder):
        for name in folders:
            if (link := Path(place, name)).is_symlink():
                raise UnfitFileError(f"a folder in which {link.relative_to(folder)} is a link to another folder")
        files += (Path(place, name) for name in names)
        if len(files) > _MOST_IN_FOLDER:
            raise UnfitFileError(f"a folder with more than {_MOST_IN_FOLDER} files")
    if not files:
        raise UnfitFileError("an empty folder")
    contents = {}
    for file in sorted(files):
        path = str(file.relative_to(folder))
        try:
            contents[path] = text_content(file, project)
        except UnfitFileError as error:
            raise UnfitFileError(f"a folder in which {path} is {error}") from None
    return contents


def is_executable(file: Path) -> bool:
    """Whether a file's owner may execute it."""
    return bool(file.stat().st_mode & 0o100)


def _refuse_ways_out(file: Path, project: Path) -> None:
    """Refuse links out of the project; what the compose file itself names outside of it is meant."""
    top = project.resolve()
    said = Path(os.path.abspath(file))
    if not said.is_relative_to(os.path.abspath(project)):
        top = said.parent.resolve()
    if file.exists() and not file.resolve().is_relative_to(top):
        raise UnfitFileError(f"a link that leads out of {project.name or project}")
