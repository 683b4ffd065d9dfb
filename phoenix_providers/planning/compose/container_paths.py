"""Where in a container compose can put a file, and where it would not arrive.

Compose copies the text of a config into a container that it has made, before that is started. So nothing can go into
a container whose root is read-only, and what a `tmpfs` covers, or Docker itself, is not to be seen once it runs.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from phoenix_providers.models.compose_records import ComposeNode, ComposeTree

_DOCKERS_FILES = frozenset({"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"})
_KERNELS_FOLDERS = ("/proc", "/sys", "/dev")
_DEFAULT_FOLDERS = {"configs": "/", "secrets": "/run/secrets/"}
_TRUE = frozenset({"true", "yes", "y", "on", "1"})


class Cover(StrEnum):
    """What is mounted somewhere."""

    VOLUME = "volume"
    READ_ONLY = "read-only volume"
    TMPFS = "tmpfs"
    FILE = "file"


@dataclass(frozen=True)
class Obstacle:
    """Why a file would not arrive; `silent` if the deploy would succeed all the same."""

    text: str
    silent: bool = False


@dataclass(frozen=True)
class ContainerPaths:
    """One service's view: `mounts` by path, without `.` and `..`."""

    read_only: bool
    mounts: Mapping[str, Cover]

    def obstacle(self, destination: str) -> Obstacle | None:
        """Say why a file would not arrive there; None when it would.

        The destination itself may be mounted: then the service has something of its own there.
        """
        path = plain_path(destination)
        if self.read_only:
            return Obstacle("its root is read-only (`read_only: true`), and compose copies files in")
        for folder in _KERNELS_FOLDERS:
            if path == folder or path.startswith(f"{folder}/"):
                return Obstacle(f"{folder} is the kernel's own in every container", silent=True)
        if path in _DOCKERS_FILES:
            return Obstacle("Docker puts a file of its own there", silent=True)
        for above in _above(path):
            if (cover := self.mounts.get(above)) is not None:
                return _hidden(above, cover)
        if below := next((mounted for mounted in self.mounts if mounted.startswith(f"{path}/")), ""):
            return Obstacle(f"{below} is mounted below it, so it has to be a folder")
        return None


def container_paths(service: ComposeNode, model: ComposeTree) -> ContainerPaths:
    """Return what a service of a file mounts; variables are replaced."""
    read_only = str(service.get("read_only", "")).lower() in _TRUE
    found = [*_tmpfs(service), *_volumes(service, model), *_files(service)]
    return ContainerPaths(read_only, {plain_path(path): cover for path, cover in found if path})


def plain_path(path: str) -> str:
    """Return the path without `.`, `..` and doubled slashes."""
    return "/" + posixpath.normpath(path).lstrip("/")


def target_of(section: str, entry: Any) -> str:
    """Return where a reference to a config or secret puts it."""
    source, target = (entry.get("source"), entry.get("target")) if isinstance(entry, dict) else (entry, None)
    folder = _DEFAULT_FOLDERS[section]
    return str(target) if str(target or "").startswith("/") else f"{folder}{target or source or ''}"


def _hidden(above: str, cover: Cover) -> Obstacle | None:
    if cover is Cover.TMPFS:
        return Obstacle(f"the tmpfs on {above} would cover it", silent=True)
    if cover is Cover.READ_ONLY:
        return Obstacle(f"what is mounted on {above} is read-only")
    return Obstacle(f"{above} is a file") if cover is Cover.FILE else None


def _above(path: str) -> Iterator[str]:
    while path != "/":
        path = posixpath.dirname(path)
        yield path


def _tmpfs(service: ComposeNode) -> Iterator[tuple[str, Cover]]:
    declared = service.get("tmpfs")
    for entry in declared if isinstance(declared, list) else [declared] if declared else []:
        yield str(entry).partition(":")[0], Cover.TMPFS


def _volumes(service: ComposeNode, model: ComposeTree) -> Iterator[tuple[str, Cover]]:
    for entry in _listed(service, "volumes"):
        if isinstance(entry, dict):
            source, target = str(entry.get("source") or ""), str(entry.get("target") or "")
            kind, read_only = entry.get("type"), str(entry.get("read_only", "")).lower() in _TRUE
        else:
            parts = str(entry).split(":")
            source, target = (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
            kind, read_only = "", "ro" in ",".join(parts[2:]).split(",")
        if kind == "tmpfs" or _in_memory(model, source):
            yield target, Cover.TMPFS
        else:
            yield target, Cover.READ_ONLY if read_only or kind == "image" else Cover.VOLUME


def _in_memory(model: ComposeTree, volume: str) -> bool:
    """Whether a named volume is a tmpfs: it is empty again whenever it was mounted nowhere."""
    volumes = model.get("volumes")
    entry = volumes.get(volume) if isinstance(volumes, dict) else None
    options = entry.get("driver_opts") if isinstance(entry, dict) else None
    return isinstance(options, dict) and options.get("type") == "tmpfs"


def _files(service: ComposeNode) -> Iterator[tuple[str, Cover]]:
    for section in _DEFAULT_FOLDERS:
        for entry in _listed(service, section):
            yield target_of(section, entry), Cover.FILE


def _listed(service: ComposeNode, key: str) -> list[Any]:
    value = service.get(key)
    return value if isinstance(value, list) else []
