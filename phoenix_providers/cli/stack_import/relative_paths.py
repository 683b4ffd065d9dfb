"""Paths in compose files, which are relative to the folder of their project."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from phoenix_providers.planning.compose.interpolation import TemplateError, Usage, interpolate
from phoenix_providers.planning.compose.parts import Part

_RELATIVE = (".", "~")
Change = Callable[[Part], Part]


def text_of(part: Part, variables: Mapping[str, str]) -> str:
    """Return a plain value with its variables replaced; as it is written where compose would refuse it."""
    text = str(part.raw)
    try:
        return interpolate(text, variables, Usage())
    except TemplateError:
        return text


def is_relative(path: str) -> bool:
    """Whether a mount's source is a path that depends on where the compose file lies, or on a home."""
    return path.startswith(_RELATIVE)


def moved(tree: Part, folder: Path, project: Path, variables: Mapping[str, str]) -> Part:
    """Return the content of a file that lies elsewhere with its relative paths as seen from the project's folder."""
    if folder.resolve() == project.resolve():
        return tree

    def path(part: Part) -> Part:
        text = text_of(part, variables)
        if not isinstance(part.raw, str) or not text or text.startswith(("/", "~")) or "://" in text:
            return part
        return scalar(part, seen_from(folder / text, project))

    def mount(part: Part) -> Part:
        if part.is_map:
            source = part.value.get("source")
            known = source is not None and is_relative(text_of(source, variables))
            return with_key(part, "source", path(source)) if known and source else part
        text = text_of(part, variables)
        source_text, colon, rest = text.partition(":")
        if not colon or not source_text.startswith("."):
            return part
        return scalar(part, f"{seen_from(folder / source_text, project)}:{rest}")

    return with_paths(tree, path, mount)


def with_paths(tree: Part, path: Change, mount: Change) -> Part:
    """Return a project with what names a file of its own changed, and its mounts."""

    def service(part: Part) -> Part:
        part = at(part, "volumes", lambda volumes: each(volumes, mount))
        for key in ("env_file", "label_file"):
            part = at(part, key, lambda files: one_or_each(files, lambda file: at_or_self(file, "path", path)))
        part = at(part, "build", lambda build: at_or_self(build, "context", path))
        return at(part, "extends", lambda extends: at(extends, "file", path))

    tree = at(tree, "services", lambda services: each(services, service))
    for section in ("configs", "secrets"):
        tree = at(tree, section, lambda objects: each(objects, lambda one: at(one, "file", path)))
    return tree


def seen_from(path: Path, folder: Path) -> str:
    """Return a relative path from a folder, in the form that compose takes for one."""
    relative = os.path.relpath(path.resolve(), folder.resolve())
    return relative if relative.startswith("..") else f"./{relative}"


def scalar(part: Part, text: str) -> Part:
    """Return a part with another text, in which nothing is a variable."""
    return replace(part, value=text, raw=text.replace("$", "$$"), tag="")


def with_key(part: Part, key: str, below: Part) -> Part:
    """Return a map with one part put into it."""
    return part.with_content({**part.value, key: below})


def without_key(part: Part, key: str) -> Part:
    """Return a map without one of its parts."""
    return part.with_content({name: below for name, below in part.value.items() if name != key})


def at(part: Part, key: str, change: Change) -> Part:
    """Return a map with one of its parts changed; anything else as it is."""
    if not part.is_map or key not in part.value:
        return part
    return with_key(part, key, change(part.value[key]))


def at_or_self(part: Part, key: str, change: Change) -> Part:
    """Return a map with one of its parts changed, and a plain value changed."""
    return at(part, key, change) if part.is_map else change(part)


def each(part: Part, change: Change) -> Part:
    """Return a map or list with each of its parts changed."""
    if part.is_map:
        return part.with_content({key: change(below) for key, below in part.value.items()})
    return part.with_content([change(below) for below in part.value]) if part.is_list else part


def one_or_each(part: Part, change: Change) -> Part:
    """Return a list with each of its parts changed, or a single part changed."""
    return each(part, change) if part.is_list else change(part)
