"""The list of stacks of older revisions of an installation, which had no folder for each."""

from __future__ import annotations

from pathlib import Path

from phoenix_providers.models.file_content import FileContent
from phoenix_providers.models.files.reading import read_document

STACKS_FILE = "phoenix_stacks_config.json"


def listed_stacks(folder: Path) -> dict[str, FileContent]:
    """Return the entries of the list beside the site file, by name; none where there is no such file."""
    file = folder / STACKS_FILE
    document = read_document(file).document if file.is_file() else None
    stacks = document.data.get("docker_stacks") if document else None
    entries = stacks.items() if isinstance(stacks, dict) else ()
    return {str(name): entry for name, entry in entries if isinstance(entry, dict)}


def as_folder(folder: Path, name: str, entry: FileContent) -> str:
    """Say what makes a folder of an entry; nothing reads the list itself."""
    path = str(entry.get("compose_file_path") or "")
    bases = (folder, folder.parent, folder.parent.parent)
    found = next((base / path for base in bases if path and (base / path).is_file()), None)
    compose = str(found) if found else f"its compose file ({path or 'not named'})"
    return (
        f"make stacks/{name}/ with docker-compose.yml from {compose}, and phoenix.json from what {STACKS_FILE} says "
        f"below docker_stacks.{name} (description, environments)"
    )
