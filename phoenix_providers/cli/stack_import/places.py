"""Where parts of a project's compose files stand."""

from __future__ import annotations

from pathlib import Path

from phoenix_providers.models.files.parsed_text import FormatError
from phoenix_providers.models.files.positions import Document
from phoenix_providers.models.files.yaml_reader import read_yaml
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.parts import Part


class Places:
    """Finds the line of a part, whose path begins with the name of its file."""

    def __init__(self) -> None:
        self._documents: dict[str, Document | None] = {}

    def of(self, part: Part) -> Location:
        """Return the place of a part."""
        file, *steps = part.path
        name = str(file)
        if name not in self._documents:
            self._documents[name] = _document(Path(name))
        document = self._documents[name]
        return document.locate(*steps) if document else Location(Path(name))


def _document(file: Path) -> Document | None:
    try:
        parsed = read_yaml(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, FormatError, RecursionError):
        return None
    return Document(file, parsed.data, parsed.place)
