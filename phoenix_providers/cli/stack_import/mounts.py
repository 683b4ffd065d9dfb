"""Mounts of files and folders that lie beside the compose file."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from phoenix_providers.cli.stack_import.manifest_parts import ManifestParts
from phoenix_providers.cli.stack_import.places import Places
from phoenix_providers.cli.stack_import.relative_paths import is_relative, scalar, text_of, with_key, without_key
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.cli.stack_import.text_files import UnfitFileError, folder_contents, text_content
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose_parts import Part
from phoenix_providers.planning.container_paths import plain_path
from phoenix_providers.planning.plain_secrets import is_telling

_LONGEST_SECRET = 1000


@dataclass(frozen=True)
class _Mount:
    """One mount of something beside the compose file."""

    part: Part
    source: str
    target: str
    read_only: bool


class Mounts:
    """Turns mounts into files of the manifest where that is possible.

    `on_vm` is the folder's place on the VM, to which everything else then leads; None if that was not said.
    """

    def __init__(
        self,
        folder: Path,
        known: Mapping[str, str],
        on_vm: PurePosixPath | None,
        places: Places,
        remarks: Remarks,
    ) -> None:
        self._folder = folder
        self._known = known
        self._on_vm = on_vm
        self._places = places
        self._remarks = remarks

    def carried(self, name: str, service: Part, parts: ManifestParts) -> Part:
        """Return a service without the mounts that its manifest makes."""
        volumes = service.value.get("volumes")
        if volumes is None or not volumes.is_list:
            return service
        kept: list[Part] = []
        secrets: list[Part] = []
        for entry in volumes.value:
            mount = self._mount(entry)
            if mount is None:
                kept.append(entry)
            elif secret := self._secret(name, mount, parts):
                secrets.append(secret)
            elif not self._as_files(name, mount, parts):
                kept.append(self._elsewhere(name, mount))
        if secrets:
            own = service.value.get("secrets")
            listed = own.value if own is not None and own.is_list else []
            service = with_key(service, "secrets", replace(volumes, value=[*listed, *secrets]))
        if [part.written for part in kept] == volumes.written:
            return service
        return with_key(service, "volumes", volumes.with_content(kept)) if kept else without_key(service, "volumes")

    def _mount(self, entry: Part) -> _Mount | None:
        if entry.is_map:
            source = text_of(entry.value["source"], self._known) if "source" in entry.value else ""
            kind = text_of(entry.value["type"], self._known) if "type" in entry.value else "volume"
            target = text_of(entry.value["target"], self._known) if "target" in entry.value else ""
            read_only = str(entry.said.get("read_only", "")).lower() == "true"
            relative = kind == "bind" and source and not source.startswith("/")
        else:
            source, *rest = text_of(entry, self._known).split(":")
            target = rest[0] if rest else ""
            read_only = "ro" in ",".join(rest[1:]).split(",")
            relative = is_relative(source)
        return _Mount(entry, source, target, read_only) if relative and target.startswith("/") else None

    def _file(self, mount: _Mount) -> Path:
        return self._folder / Path(mount.source).expanduser()

    def _secret(self, service: str, mount: _Mount, parts: ManifestParts) -> Part | None:
        """Return the reference to a secret for a file that nobody should see."""
        file = self._file(mount)
        if not file.is_file():
            return None
        try:
            text = text_content(file).decode()
        except UnfitFileError:
            return None
        name = file.name.replace(".", "_").replace("-", "_").strip("_")
        if not (is_telling(name.removesuffix("_txt"), text) and len(text) < _LONGEST_SECRET) and not parts.is_secret(
            "", text
        ):
            return None
        place = self._places.of(mount.part)
        variable = parts.secret_variable(name.upper(), text, Location(file), service, file=str(file))
        self._remarks.tell(f"{mount.source} looks secret: it is a secret of the Pulumi stack now", place)
        key = variable.lower()
        parts.composed_secrets[key] = variable
        path = mount.part.path
        return Part({"source": Part(key, key, path), "target": Part(mount.target, mount.target, path)}, None, path)

    def _as_files(self, service: str, mount: _Mount, parts: ManifestParts) -> bool:
        file, place = self._file(mount), self._places.of(mount.part)
        try:
            if file.is_file():
                contents = {"": text_content(file)}
            elif file.is_dir() and mount.read_only:
                contents = folder_contents(file)
            else:
                return False
        except UnfitFileError:
            return False
        base = plain_path(mount.target)
        wanted = {posixpath.join(base, path) if path else base: content for path, content in contents.items()}
        start = self._name(file)
        for path, content in contents.items():
            destination = posixpath.join(base, path) if path else base
            if not parts.file(posixpath.join(start, path) if path else start, content, destination, service):
                self._remarks.leave(
                    f"another service has another file at {destination}, and the manifest takes one for each path",
                    place,
                    "put its text below `configs:` with `content:`, or choose another path",
                )
                return False
        many = f"{len(wanted)} files" if file.is_dir() else "a file"
        self._remarks.tell(f"{mount.source} is {many} of the manifest now", place)
        if not mount.read_only:
            self._remarks.tell(
                f"{mount.source} could be written by {service}; what it writes there is lost with its container now",
                place,
            )
        return True

    def _name(self, file: Path) -> str:
        """Return a file's path in the stack's folder."""
        try:
            return str(file.resolve().relative_to(self._folder.resolve()))
        except ValueError:
            return file.name

    def _elsewhere(self, service: str, mount: _Mount) -> Part:
        """Say what is not carried; return the mount, which leads to the folder on the VM where that is known."""
        file, place = self._file(mount), self._places.of(mount.part)
        if self._on_vm is not None and not mount.source.startswith("~"):
            there = posixpath.normpath(self._on_vm / mount.source)
            self._remarks.tell(f"{mount.source} of {service} is {there} on the VM now", place, _copy(file, there))
            return _with_source(mount, there)
        what = self._what(file)
        there = f"/srv/{self._folder.resolve().name}/{mount.source.removeprefix('~/').removeprefix('./')}"
        self._remarks.leave(
            f"{service} mounts {mount.source}, {what}",
            place,
            f"copy it to the VM, and write its path there, such as {there}:{mount.target}; "
            "or run this again in a new folder with --on-vm PATH, the place of the whole folder on the VM",
        )
        return mount.part

    def _what(self, file: Path) -> str:
        if file.is_dir():
            return "a folder, which stays on the VM"
        if not file.exists():
            return "which is not here (compose makes an empty folder of it)"
        try:
            text_content(file)
        except UnfitFileError as error:
            return str(error)
        return "which cannot be carried"


def _copy(file: Path, there: str) -> str:
    return f"have it there before the first run: scp -r {file} VM:{there}" if file.exists() else ""


def _with_source(mount: _Mount, source: str) -> Part:
    if mount.part.is_map:
        return with_key(mount.part, "source", scalar(mount.part.value["source"], source))
    rest = str(mount.part.raw)
    # The source may hold variables, and colons in them.
    target = rest[rest.index(f":{mount.target}") :] if f":{mount.target}" in rest else f":{mount.target}"
    return replace(mount.part, value=source + target, raw=source.replace("$", "$$") + target)
