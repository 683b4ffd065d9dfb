"""Mounts of files and folders that lie beside the compose file."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.scalarint import OctalInt

from phoenix_providers.cli.stack_import.file_access import with_access
from phoenix_providers.cli.stack_import.manifest_parts import ManifestParts
from phoenix_providers.cli.stack_import.password_lines import password_lines
from phoenix_providers.cli.stack_import.places import Places
from phoenix_providers.cli.stack_import.relative_paths import is_relative, scalar, text_of, with_key, without_key
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.cli.stack_import.secret_files import is_secret_file, variable_name
from phoenix_providers.cli.stack_import.text_files import UnfitFileError, folder_contents, is_executable, text_content
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.container_paths import plain_path
from phoenix_providers.planning.compose.parts import Part

# A number and no text: compose reads "0755" as decimal.
_EXECUTABLE = OctalInt(0o755)


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
        configs: list[Part] = []
        for entry in volumes.value:
            mount = self._mount(entry)
            if mount is None:
                self._mention_anonymous(name, entry)
                kept.append(entry)
                continue
            try:
                contents = self._contents(mount)
            except UnfitFileError as error:
                kept.append(self._elsewhere(name, mount, str(error)))
                continue
            references = self._travelling(name, mount, contents, parts)
            if references is None:
                kept.append(self._elsewhere(name, mount, "which cannot be carried"))
            else:
                secrets += references[0]
                configs += references[1]
        for section, references_there in (("secrets", secrets), ("configs", configs)):
            own = service.value.get(section)
            listed = own.value if own is not None and own.is_list else []
            if references_there:
                service = with_key(service, section, replace(volumes, value=[*listed, *references_there]))
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

    def _mention_anonymous(self, name: str, entry: Part) -> None:
        if entry.is_map:
            said = {key: text_of(entry.value[key], self._known) for key in ("type", "target") if key in entry.value}
            target = said.get("target", "") if said.get("type") == "volume" and "source" not in entry.value else ""
        else:
            text = text_of(entry, self._known)
            target = text if ":" not in text else ""
        if target.startswith("/"):
            self._remarks.tell(
                f"{target} of {name} is a volume without a name, and begins empty",
                self._places.of(entry),
                f"where its data count, before the project is stopped: docker compose cp {name}:{target} COPY",
            )

    def _file(self, mount: _Mount) -> Path:
        return self._folder / Path(mount.source).expanduser()

    def _contents(self, mount: _Mount) -> dict[str, bytes]:
        """Return the text of a file, or those of a folder that is not written, by their paths below the mount.

        Raises:
            UnfitFileError: It stays on the VM.
        """
        file = self._file(mount)
        if file.is_dir():
            if not mount.read_only:
                raise UnfitFileError("a folder, which stays on the VM")
            return folder_contents(file, self._folder)
        if not file.exists():
            raise UnfitFileError("which is not here (compose makes an empty folder of it)")
        return {"": text_content(file, self._folder)}

    def _travelling(
        self, service: str, mount: _Mount, contents: Mapping[str, bytes], parts: ManifestParts
    ) -> tuple[list[Part], list[Part]] | None:
        """Give each file to the manifest, or make it a secret or a config; return the service's references to those.

        None where the manifest has no place for one of them.
        """
        file, place = self._file(mount), self._places.of(mount.part)
        base, start = plain_path(mount.target), self._name(file)
        secrets: list[Part] = []
        configs: list[Part] = []
        many = 0
        for path, content in contents.items():
            destination = posixpath.join(base, path) if path else base
            if not parts.fits(content, destination):
                self._remarks.leave(
                    f"another service has another file at {destination}, and the manifest takes one for each path",
                    place,
                    "put its text below `configs:` with `content:`, or choose another path",
                )
                return None
        for path, content in contents.items():
            one, destination = (file / path, posixpath.join(base, path)) if path else (file, base)
            shown = posixpath.join(mount.source, path) if path else mount.source
            if is_secret_file(one.name, content.decode(), parts):
                secrets.append(self._secret(service, mount, one, destination, content.decode(), parts))
                self._remarks.tell(f"{shown} looks secret: it is a secret of the Pulumi stack now", place)
                continue
            for line in password_lines(content.decode()):
                self._remarks.tell("may hold a password, and is copied as it is", Location(one, line))
            if is_executable(one):
                configs.append(
                    _reference(parts.config(one.name, content, service), destination, mount, mode=_EXECUTABLE)
                )
                self._remarks.tell(f"{shown} is a config of the compose file now, which keeps it executable", place)
                continue
            parts.file(posixpath.join(start, path) if path else start, content, destination, service)
            many += 1
        if many:
            said = f"{many} files" if file.is_dir() else "a file"
            self._remarks.tell(f"{mount.source} is {said} of the manifest now", place)
        if not mount.read_only and not secrets:
            self._remarks.tell(
                f"{mount.source} could be written by {service}; what it writes there is lost with its container now",
                place,
            )
        return secrets, configs

    def _secret(
        self, service: str, mount: _Mount, file: Path, destination: str, text: str, parts: ManifestParts
    ) -> Part:
        """Return the reference to a secret for a file that nobody should see."""
        name = variable_name(file.name).upper()
        variable = parts.secret_variable(name, text, Location(file), service, file=str(file))
        key = variable.lower()
        while key in parts.taken or parts.composed_secrets.get(key, variable) != variable:
            key = f"{key}_file"
        parts.composed_secrets[key] = variable
        return with_access(_reference(key, destination, mount), file)

    def _name(self, file: Path) -> str:
        """Return a file's path in the stack's folder."""
        try:
            return str(file.resolve().relative_to(self._folder.resolve()))
        except ValueError:
            return file.name

    def _elsewhere(self, service: str, mount: _Mount, what: str) -> Part:
        """Say what is not carried; return the mount, which leads to the folder on the VM where that is known."""
        file, place = self._file(mount), self._places.of(mount.part)
        if self._on_vm is not None and not mount.source.startswith("~"):
            there = posixpath.normpath(self._on_vm / mount.source)
            self._remarks.tell(f"{mount.source} of {service} is {there} on the VM now", place, _copy(file, there))
            return _with_source(mount, there)
        at_home = mount.source.startswith("~")
        rest = mount.source.removeprefix("~").removeprefix(".").strip("/")
        there = posixpath.join("/srv", self._folder.resolve().name, rest or "home")
        by_folder = "; or run this again in a new folder with --on-vm PATH, the place of the whole folder on the VM"
        self._remarks.leave(
            f"{service} mounts {mount.source}{' of a home folder' * at_home}, {what}",
            place,
            f"copy it to the VM, and write its path there, such as {there}:{mount.target}{by_folder * (not at_home)}",
        )
        return mount.part


def _copy(file: Path, there: str) -> str:
    return (
        f"have it there before the first run: scp -r {shlex.quote(str(file))} VM:{shlex.quote(there)}"
        if file.exists()
        else ""
    )


def _reference(key: str, destination: str, mount: _Mount, *, mode: int = 0) -> Part:
    path = mount.part.path
    parts = {"source": Part(key, key, path), "target": Part(destination, destination, path)}
    if mode:
        parts["mode"] = Part(mode, mode, path)
    return Part(parts, None, path)


def _with_source(mount: _Mount, source: str) -> Part:
    if mount.part.is_map:
        return with_key(mount.part, "source", scalar(mount.part.value["source"], source))
    rest = str(mount.part.raw)
    # The source may hold variables, and colons in them.
    target = rest[rest.index(f":{mount.target}") :] if f":{mount.target}" in rest else f":{mount.target}"
    return replace(mount.part, value=source + target, raw=source.replace("$", "$$") + target)
