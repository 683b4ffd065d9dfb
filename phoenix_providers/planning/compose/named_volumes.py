"""Named volumes of a compose file, by the names that Docker has for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference
from phoenix_providers.planning.compose.compose_file import Compose, read_compose
from phoenix_providers.planning.compose.external_flag import is_external
from phoenix_providers.planning.compose.interpolation import with_project
from phoenix_providers.planning.findings import Findings


@dataclass(frozen=True)
class NamedVolume:
    """One volume: `key` in the file, `name` at Docker; an external one is made by somebody else."""

    key: str
    name: str
    external: bool


def readable(text: str, variables: Mapping[str, str | SecretReference], project: str) -> Compose | None:
    """Read a text that has been judged elsewhere, or was deployed already; None where it is not readable."""
    return read_compose(text, with_project(variables, project), _nowhere, Findings())


def named_volumes(compose: Compose, project: str) -> dict[str, NamedVolume]:
    """Return the volumes that its services use, by key."""
    declared = compose.model.get("volumes")
    used = {key for service in compose.services.values() if service.active for key in _used(compose, service.name)}
    found = {}
    for key, settings in declared.items() if isinstance(declared, Mapping) else ():
        if key in used:
            found[str(key)] = _volume(str(key), settings if isinstance(settings, Mapping) else {}, project)
    return found


def _volume(key: str, settings: ComposeNode, project: str) -> NamedVolume:
    external = is_external(settings)
    older = settings.get("external")
    own = older.get("name") if isinstance(older, Mapping) else None
    name = own or settings.get("name") or (key if external else f"{project}_{key}")
    return NamedVolume(key, str(name), external)


def _used(compose: Compose, service: str) -> set[str]:
    entries = compose.model["services"][service].get("volumes")
    found = set()
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, str):
            source, colon, _ = entry.partition(":")
            found |= {source} if colon else set()
        elif isinstance(entry, Mapping) and entry.get("type", "volume") == "volume":
            found |= {str(entry.get("source"))}
    return found


def _nowhere(*path: Any) -> Location:
    return Location(Path(), None, ".".join(map(str, path)))
