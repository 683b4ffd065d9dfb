"""Finds the file and line of anything in a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from phoenix_providers.models.files.parsed_text import FormatError
from phoenix_providers.models.files.positions import Document, path_text
from phoenix_providers.models.files.yaml_reader import read_yaml
from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import StackFolder


class Locator:
    """What `Configuration.locate` is; see there for the paths."""

    def __init__(
        self,
        folder: Path,
        documents: Mapping[str, Document],
        manifests: Mapping[str, Document],
        stacks: Mapping[str, StackFolder],
    ) -> None:
        self._folder = folder
        self._documents = documents
        self._manifests = manifests
        self._stacks = stacks
        self._compose: dict[str, Document | None] = {}

    def __call__(self, *path: str | int) -> Location:
        """Return the place of a path, else that of its nearest parent."""
        file, *steps = path
        kind, _, rest = str(file).partition("/")
        if kind != "stacks":
            document = self._documents.get(str(file))
            return document.locate(*steps) if document else Location(self._folder, path=path_text(tuple(steps)))
        name = rest.removesuffix("/compose")
        if name not in self._stacks:
            return Location(self._folder / "stacks" / name, path=path_text(tuple(steps)))
        if rest.endswith("/compose"):
            return self._in_compose(self._stacks[name], steps)
        manifest = self._manifests.get(name)
        place = self._stacks[name].manifest_location
        return manifest.locate(*steps) if manifest else Location(place.file, place.line, path_text(tuple(steps)))

    def _in_compose(self, stack: StackFolder, steps: list[str | int]) -> Location:
        if stack.name not in self._compose:
            self._compose[stack.name] = _compose_document(stack)
        document = self._compose[stack.name]
        place = stack.compose_location
        return document.locate(*steps) if document else Location(place.file, place.line, path_text(tuple(steps)))


def _compose_document(stack: StackFolder) -> Document | None:
    try:
        parsed = read_yaml(stack.compose or "")
    except (FormatError, RecursionError):
        return None
    return Document(stack.compose_location.file, parsed.data, parsed.place)
