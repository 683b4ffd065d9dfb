"""The files of a stack's folder that its manifest mounts into containers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from phoenix_providers.models.files.positions import Document
from phoenix_providers.models.near_miss import suggestion
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.stack import StackManifest


class _UnusableFileError(Exception):
    def __init__(self, what: str, seen: str, expected: str) -> None:
        super().__init__(what)
        self.what, self.seen, self.expected = what, seen, expected


def read_mounted_files(
    folder: Path, root: Path, manifest: StackManifest, document: Document, in_use: frozenset[str]
) -> tuple[dict[str, bytes], list[Problem]]:
    """Return contents by `source`, and a problem for each file that cannot be mounted.

    A source is relative to the stack's folder, else, as the old scripts had it, to the folder that holds `stacks`.
    """
    contents: dict[str, bytes] = {}
    problems = []
    for environment, index, source in _sources(manifest):
        if source in contents:
            continue
        try:
            contents[source] = _content(folder, root, source)
        except _UnusableFileError as error:
            location = document.locate("environments", environment, "files", index, "source")
            problem = Problem(
                error.what,
                location,
                Severity.ERROR if environment in in_use else Severity.WARNING,
                seen=error.seen,
                expected=error.expected,
                next_step=f"correct `source` at {location}, or put the file there",
                stack=folder.name,
            )
            problems.append(problem)
    return contents, problems


def mounted_file(folder: Path, root: Path, source: str) -> Path | None:
    """Return the file that a `source` means; None where there is none."""
    return next((base / source for base in (folder, root) if (base / source).is_file()), None)


def _sources(manifest: StackManifest) -> Iterator[tuple[str, int, str]]:
    for name, environment in manifest.environments.items():
        for index, file in enumerate(environment.files):
            yield name, index, file.source


def _content(folder: Path, root: Path, source: str) -> bytes:
    file = _existing(folder, root, source)
    try:
        content = file.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _UnusableFileError(f"{file} cannot be read", reason, "a file that this user may read") from None
    try:
        binary = "\0" in content.decode()
    except UnicodeDecodeError:
        binary = True
    if binary:
        seen = f"{len(content)} bytes that are not text in UTF-8"
        expected = "a text file; copy binary files to the VM, or build them into the image"
        raise _UnusableFileError(f"{file.name} is a binary file, which cannot be mounted", seen, expected)
    return content


def _existing(folder: Path, root: Path, source: str) -> Path:
    file = mounted_file(folder, root, source)
    if file is not None:
        if not file.resolve().is_relative_to(root.resolve()):
            expected = f"a file below {root}"
            raise _UnusableFileError(f"{source} lies outside the configuration", str(file.resolve()), expected)
        return file
    if (folder / source).is_dir():
        raise _UnusableFileError(f"{source} is a folder", "a folder", "one entry for each file")
    present = [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()]
    expected = f"a file in {folder}; {suggestion(source, present)}"
    raise _UnusableFileError(f"the file {source} does not exist", f"no file {folder / source}", expected)
