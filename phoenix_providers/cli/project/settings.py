"""The settings that a site's own Pulumi.yaml has for all of its Pulumi stacks, for commands without an engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from phoenix_providers.cli.project.root import project_root
from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.files.positions import Document
from phoenix_providers.models.files.reading import read_document
from phoenix_providers.models.location import Location
from phoenix_providers.models.raw_settings import NAMESPACE

_PREFIX = f"{NAMESPACE}:"


def project_settings(folder: Path) -> dict[str, str]:
    """Return what stands below `config` in the Pulumi.yaml beside a configuration folder, as text by key.

    Raises:
        ConfigurationError: There is such a file, and it cannot be read.
    """
    document = _document(folder)
    declared = document.data.get("config") if document else None
    entries = declared.items() if isinstance(declared, dict) else ()
    return {key.removeprefix(_PREFIX): _text(value) for key, value in entries if key.startswith(_PREFIX)}


def project_setting_place(folder: Path, key: str) -> Location:
    """Return where one of these settings stands."""
    document = _document(folder)
    return document.locate("config", f"{_PREFIX}{key}") if document else Location(_file(folder))


def declared_config_folder(root: Path) -> Path | None:
    """Return the folder that a project's own file names as its configuration's; None if it names none."""
    document = _read(root / "Pulumi.yaml")
    declared = document.data.get("config") if document else None
    value = declared.get(f"{_PREFIX}configDir") if isinstance(declared, dict) else None
    return (root / Path(_text(value)).expanduser()).resolve() if value else None


def _file(folder: Path) -> Path:
    """Return the file beside a folder, or that of the project around the current folder if it names this one."""
    beside = folder.resolve().parent / "Pulumi.yaml"
    root = project_root(Path.cwd())
    if beside.is_file() or root is None or declared_config_folder(root) != folder.resolve():
        return beside
    return root / "Pulumi.yaml"


def _document(folder: Path) -> Document | None:
    return _read(_file(folder))


def _read(file: Path) -> Document | None:
    if not file.is_file():
        return None
    document, problems = read_document(file)
    if document is None:
        reasons = tuple(problem.explanation() for problem in problems)
        raise ConfigurationError("The settings of the project cannot be read.", reasons)
    return document


def _text(value: Any) -> str:
    # Pulumi wants maps as the `value` of a setting.
    if isinstance(value, dict):
        value = value.get("value", value.get("default", value))
    return value if isinstance(value, str) else json.dumps(value)
