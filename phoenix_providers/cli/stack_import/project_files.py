"""The files of a compose project: which ones count, and what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phoenix_providers.errors import UsageError
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.dotenv_file import DotenvError, FileVariable, read_dotenv, read_raw
from phoenix_providers.planning.compose.parts import Part, part_of
from phoenix_providers.planning.compose.yaml_text import BrokenYamlError, load, plain

# The next step where compose refuses a file as well.
MEND_IT = "docker compose config   (there it says the same); mend it, then run again"
# In compose's own order; the first one counts.
_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


def project_files(folder: Path, variables: Mapping[str, str]) -> list[Path]:
    """Return the compose files of a folder, as compose chooses them; later ones count on top of earlier ones."""
    if chosen := variables.get("COMPOSE_FILE"):
        separator = variables.get("COMPOSE_PATH_SEPARATOR") or ":"
        files = [folder / name for name in chosen.split(separator) if name]
        if missing := [file for file in files if not file.is_file()]:
            raise UsageError(
                "COMPOSE_FILE names a file that is not here",
                where=str(folder / ".env"),
                seen=f"no {missing[0]}",
                expected="a file of the folder",
                next_step="correct COMPOSE_FILE there",
            )
        return files
    present = [folder / name for name in _NAMES if (folder / name).is_file()]
    if not present:
        names = sorted(entry.name for entry in folder.iterdir())[:8] if folder.is_dir() else []
        other = next((name for name in names if name.endswith((".yml", ".yaml"))), "")
        raise UsageError(
            "There is no compose project",
            where=str(folder),
            seen=", ".join(names) or ("an empty folder" if folder.is_dir() else "no folder"),
            expected=f"a folder with {' or '.join(_NAMES)}",
            next_step=f"write COMPOSE_FILE={other} into a .env there, if that is one; then run again"
            if other
            else "phoenix init --stack DIR, with a folder that has one",
        )
    overrides = [folder / name for name in _OVERRIDES if (folder / name).is_file()]
    return [present[0], *overrides[:1]]


def compose_tree(file: Path) -> tuple[Any, Part]:
    """Return a compose file as the YAML library has it, and as a tree whose paths begin with the file's name."""
    text = read_text(file)
    try:
        document = load(text)
    except BrokenYamlError as error:
        raise UsageError(
            "A compose file has several documents" if error.several else "A compose file is not valid YAML",
            where=str(Location(file, error.line)),
            seen=" ".join(str(error).split()),
            expected="one document" if error.several else "valid YAML",
            next_step="write both as one, without `---` between them; then run again" if error.several else MEND_IT,
        ) from None
    data = plain(document) if document is not None else {}
    services = data.get("services") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(services, dict | None):
        raise UsageError(
            "This is no compose file",
            where=str(file),
            seen="no map",
            expected="services, below `services:`",
            next_step=MEND_IT,
        )
    return document, part_of(data, data, document, (str(file),))


def read_variables(file: Path, known: Mapping[str, str], *, raw: bool = False) -> dict[str, FileVariable]:
    """Return the variables of a file such as `.env`, by name."""
    text = read_text(file)
    try:
        found = read_raw(text) if raw else read_dotenv(text, known)
    except DotenvError as error:
        raise UsageError(
            f"Compose would refuse {file.name}: {error}",
            where=str(Location(file, error.line)),
            seen="a line that is not shown",
            expected="NAME=value",
            next_step=MEND_IT,
        ) from None
    return {variable.name: variable for variable in found}


def read_text(file: Path) -> str:
    """Return a file's text."""
    if file.exists() and not file.is_file():
        raise UsageError(
            f"{file.name} cannot be read",
            where=str(file),
            seen="a folder, a pipe or a device",
            expected="a file",
            next_step=MEND_IT,
        )
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            f"{file.name} is no text",
            where=str(file),
            seen="other bytes",
            expected="UTF-8",
            next_step=MEND_IT,
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"{file.name} cannot be read",
            where=str(file),
            seen=reason,
            expected="a file",
            next_step=MEND_IT,
        ) from None
