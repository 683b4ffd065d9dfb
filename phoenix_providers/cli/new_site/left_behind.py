"""What of an existing installation is not ours, and stays where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from phoenix_providers.models.base import FileModel
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.discovery import discover, manifest_files
from phoenix_providers.models.files.foreign_keys import foreign_keys
from phoenix_providers.models.files.guest_reader import is_template
from phoenix_providers.models.files.mounted_files import mounted_file
from phoenix_providers.models.files.reading import read_document
from phoenix_providers.models.files.site_reader import lift_firewall
from phoenix_providers.models.guest import Container, VirtualMachine
from phoenix_providers.models.site import SiteFile
from phoenix_providers.models.stack import StackFolder, StackManifest


def foreign_fields(old: Configuration, source: Path) -> dict[str, list[str]]:
    """Return the paths of fields that nobody here reads, by file name; never a value."""
    layout, _ = discover(source)
    found: dict[str, list[str]] = {}
    for content, file in layout.files.items() if layout else ():
        document, _ = read_document(file)
        if document is not None:
            data = lift_firewall(document, old_spelling=True).data if content == "site" else document.data
            found[file.name] = _unique(_in_file(content, data))
    manifests = (file for stack in old.stacks.values() for file in manifest_files(stack.folder)[:1])
    documents = (read_document(file).document for file in manifests)
    found["stacks/*/phoenix.json"] = _unique(
        key for document in documents if document for key in foreign_keys(StackManifest, document.data)
    )
    return {name: keys for name, keys in found.items() if keys}


def other_files(stacks: Iterable[StackFolder]) -> dict[str, list[Path]]:
    """Return the files in each stack's folder that no stack mounts: they are not needed, and may hold passwords."""
    stacks = list(stacks)
    used = {file.resolve() for stack in stacks for file in _used_by(stack)}
    return {
        stack.name: sorted(file for file in stack.folder.rglob("*") if file.is_file() and file.resolve() not in used)
        for stack in stacks
    }


def templates(source: Path) -> list[str]:
    """Return the names of VM templates, which nothing is done with."""
    layout, _ = discover(source)
    file = layout.files.get("vms") if layout else None
    document = read_document(file).document if file else None
    entries = document.data.get("vms") if document else None
    listed = entries if isinstance(entries, list) else []
    return [str(entry.get("name")) for entry in listed if isinstance(entry, dict) and is_template(entry)]


def _used_by(stack: StackFolder) -> Iterator[Path]:
    yield stack.compose_location.file
    yield from manifest_files(stack.folder)[:1]
    for source in stack.files:
        if (file := mounted_file(stack.folder, stack.folder.parent.parent, source)) is not None:
            yield file


def _in_file(content: str, data: dict[str, object]) -> Iterator[str]:
    if content == "site":
        shared = data.get("shared_volumes")
        yield from (key for key in foreign_keys(SiteFile, data) if key != "shared_volumes")
        yield from (
            f"shared_volumes.{key}" for key in (shared if isinstance(shared, dict) else ()) if key != "firewall"
        )
        return
    key, model, mark = ("vms", VirtualMachine, "[]") if content == "vms" else ("lxc_configs", Container, ".*")
    yield from (name for name in data if name != key and name[:1].isalpha())
    yield from _in_guests(model, data.get(key), f"{key}{mark}.")


def _in_guests(model: type[FileModel], guests: object, start: str) -> Iterator[str]:
    entries = guests.values() if isinstance(guests, dict) else guests if isinstance(guests, list) else ()
    for entry in entries:
        yield from foreign_keys(model, entry, start)


def _unique(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))
