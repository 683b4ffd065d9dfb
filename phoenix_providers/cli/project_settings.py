"""The settings that a site's own Pulumi.yaml has for all of its Pulumi stacks, for commands without an engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.location import Location
from phoenix_providers.models.positions import Document
from phoenix_providers.models.raw_settings import NAMESPACE
from phoenix_providers.models.reading import read_document

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


def _file(folder: Path) -> Path:
    return folder.resolve().parent / "Pulumi.yaml"


def _document(folder: Path) -> Document | None:
    file = _file(folder)
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
