"""Compose's `configs` and `secrets`: texts that are copied into containers, and paths of the server that are mounted.

A definition whose text is empty counts as one without text: what is mounted then is the path "", which is the folder
in which compose runs (the server's own working folder where compose is a part of the server).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.lab.docker.errors import ComposeError

_COMMON = frozenset({"name", "file", "environment", "external", "labels", "template_driver"})
SECTIONS = {"configs": _COMMON | {"content"}, "secrets": _COMMON | {"driver", "driver_opts"}}
_FOLDER = {"configs": "/", "secrets": "/run/secrets/"}
_SOURCES = ("file", "environment", "content")


@dataclass(frozen=True)
class Delivery:
    """What a service gets.

    Attributes:
        copied: Text by path in the container; hidden by a `tmpfs` above it, and impossible in a read-only container.
        bound: Path on the engine's machine by path in the container.
    """

    copied: Mapping[str, str]
    bound: Mapping[str, str]


def check_definitions(data: Mapping[str, Any], path: str) -> None:
    """Refuse what compose refuses, with its words."""
    for section, known in SECTIONS.items():
        sources = [key for key in _SOURCES if key in known]
        for name, definition in _entries(data.get(section), f"validating {path}: {section}"):
            if not isinstance(name, str):
                raise ComposeError(f"Non-string key in {section}: <nil>")
            place = f"{section}.{name}"
            for key in definition:
                if key not in known and not str(key).startswith("x-"):
                    raise ComposeError(f"validating {path}: {place} Additional property {key} is not allowed")
            _check_sources(place, definition, sources, path)
            if section == "secrets" and not (set(definition) & {"file", "external"} or definition.get("environment")):
                raise ComposeError(
                    f'secret "{name}" must declare either `file` or `environment`: invalid compose project'
                )


def _check_sources(place: str, definition: Mapping[str, Any], sources: list[str], path: str) -> None:
    given = [key for key in sources if key in definition]
    for key in given:
        if not isinstance(definition[key], str):
            raise ComposeError(f"validating {path}: {place}.{key} must be a string")
    if "external" in definition and not isinstance(definition["external"], bool | dict):
        raise ComposeError(f"error while interpolating {place}.external: failed to cast to expected type")
    if len(given) > 1:
        raise ComposeError(f"{place}: {'|'.join(sources)} attributes are mutually exclusive")
    if not given and "driver" not in definition and "external" not in definition:
        raise ComposeError(f"{place}: one of {'|'.join(sources)} must be set")


def delivery(
    service: str,
    raw: Mapping[str, Any],
    data: Mapping[str, Any],
    folders: tuple[str, str],
    lookup: Callable[[str], str | None],
) -> Delivery:
    """Return what a service gets; `folders` are that of the compose file, and that in which compose runs."""
    beside, working = folders
    copied: dict[str, str] = {}
    bound: dict[str, str] = {}
    for section in SECTIONS:
        known = data.get(section) or {}
        for source, target in _references(service, raw, section):
            if source not in known:
                kind = section.removesuffix("s")
                raise ComposeError(f'service "{service}" refers to undefined {kind} {source}: invalid compose project')
            definition = known[source]
            if definition.get("external"):
                raise ComposeError(f"unsupported external {section.removesuffix('s')} {source}")
            where = target if target.startswith("/") else _FOLDER[section] + (target or source)
            if name := definition.get("environment"):
                text = lookup(name)
                if text is None:
                    raise ComposeError(f'environment variable "{name}" required by file "{source}" is not set')
                if text or section == "secrets":
                    copied[where] = text
            elif text := definition.get("content"):
                copied[where] = text
            else:
                file = definition.get("file")
                bound[where] = working if file is None else posixpath.normpath(posixpath.join(beside, file))
    hidden = _tmpfs(raw)
    visible = {path: text for path, text in copied.items() if not any(_is_below(path, top) for top in hidden)}
    return Delivery(visible if not raw.get("read_only") else copied, bound)


def _entries(section: Any, complaint: str) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    if section is not None and not isinstance(section, dict):
        raise ComposeError(f"{complaint} must be a mapping")
    for name, definition in (section or {}).items():
        if not isinstance(definition, dict):
            raise ComposeError(f"{complaint}.{name} must be a mapping")
        yield name, definition


def _references(service: str, raw: Mapping[str, Any], section: str) -> Iterator[tuple[str, str]]:
    declared = raw.get(section, [])
    if not isinstance(declared, list):
        raise ComposeError(f"services.{service}.{section} must be a list")
    for index, entry in enumerate(declared):
        if entry is None:
            raise ComposeError(f"services.{service}.{section}.[{index}]: unsupported expose value %!s(<nil>)")
        long = isinstance(entry, dict)
        yield str(entry.get("source") or "") if long else str(entry), str((entry.get("target") if long else "") or "")


def _tmpfs(raw: Mapping[str, Any]) -> list[str]:
    declared = raw.get("tmpfs") or []
    short = [declared] if isinstance(declared, str) else declared
    long = [entry for entry in raw.get("volumes") or [] if isinstance(entry, dict) and entry.get("type") == "tmpfs"]
    return [str(entry).partition(":")[0] for entry in short] + [str(entry["target"]) for entry in long]


def _is_below(path: str, top: str) -> bool:
    return posixpath.normpath(path).startswith(posixpath.normpath(top).rstrip("/") + "/")
