"""Which files beside a compose file can travel with a stack."""

from __future__ import annotations

from pathlib import Path

_LARGEST = 100_000
_MOST_IN_FOLDER = 20


class UnfitFileError(Exception):
    """A file that cannot travel inside the compose text."""


def text_content(file: Path) -> bytes:
    """Return a small text file's content.

    Raises:
        UnfitFileError: It is none.
    """
    try:
        size = file.stat().st_size
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


def folder_contents(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder by its path there.

    Raises:
        UnfitFileError: There are too many, or some cannot travel.
    """
    files = sorted(file for file in folder.rglob("*") if not file.is_dir())
    if not files:
        raise UnfitFileError("an empty folder")
    if len(files) > _MOST_IN_FOLDER:
        raise UnfitFileError(f"a folder with {len(files)} files")
    contents = {}
    for file in files:
        path = str(file.relative_to(folder))
        try:
            contents[path] = text_content(file)
        except UnfitFileError as error:
            raise UnfitFileError(f"a folder in which {path} is {error}") from None
    return contents
