"""Which variables a compose file asks for, whether or not they have a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from phoenix_providers.models.compose_records import ComposeTree
from phoenix_providers.planning.compose.interpolation import TemplateError, Usage, interpolate
from phoenix_providers.planning.compose.parts import Path


class _Asked(dict[str, str]):
    """Variables of which none has a value, and that remember what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}

    def get(self, key: str, default: object = None) -> None:  # type: ignore[override]
        self.names.setdefault(key)


def asked_names(raw: ComposeTree) -> dict[str, Path]:
    """Return the names that a file asks for, each with the path of its first use.

    Args:
        raw: The file as ordinary data, with variables not replaced.
    """
    found: dict[str, Path] = {}
    for path, text in _texts(raw, ()):
        for name in names_in_text(text):
            found.setdefault(name, path)
    for path, name in (*_bare_names(raw), *_sources(raw)):
        found.setdefault(name, path)
    return found


def names_in_text(text: str) -> list[str]:
    """Return the names that one text asks for."""
    asked = _Asked()
    with suppress(TemplateError):
        interpolate(text, asked, Usage())
    return list(asked.names)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _texts(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _texts(below, (*path, index))
    elif isinstance(value, str) and "$" in value:
        yield path, value


def _bare_names(raw: ComposeTree) -> Iterator[tuple[Path, str]]:
    """Yield names below `environment` that have no value there, and so take one from outside."""
    services = raw.get("services")
    for service, own in services.items() if isinstance(services, Mapping) else ():
        environment = own.get("environment") if isinstance(own, Mapping) else None
        path: Path = ("services", service, "environment")
        if isinstance(environment, Mapping):
            yield from (((*path, name), name) for name, value in environment.items() if value is None)
        elif isinstance(environment, list):
            entries = enumerate(environment)
            yield from (
                ((*path, index), entry) for index, entry in entries if isinstance(entry, str) and "=" not in entry
            )


def _sources(raw: ComposeTree) -> Iterator[tuple[Path, str]]:
    for section in ("configs", "secrets"):
        declared = raw.get(section)
        for name, own in declared.items() if isinstance(declared, Mapping) else ():
            if isinstance(own, Mapping) and isinstance(own.get("environment"), str):
                yield (section, name, "environment"), own["environment"]
