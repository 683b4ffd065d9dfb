"""A copy of a site's files for a lab: addresses on loopback, made-up values, and nothing that nobody reads."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from phoenix_providers.cli.rehearsal.made_up_values import masked, without_passwords
from phoenix_providers.lab.loopback import Loopback
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.discovery import discover, manifest_files
from phoenix_providers.models.files.mounted_files import mounted_file

# Whatever is larger is data, and no file that somebody wrote.
_LARGEST = 1 << 20


def interfaces(configuration: Configuration) -> Iterator[str]:
    """Yield the site's own addresses with their prefix lengths, the Proxmox host's first."""
    network = configuration.site.network
    declared = [network.interfaces.address, *(node.address for node in network.nodes.values())]
    declared += [guest.network_config.ip for guest in configuration.guests if guest.address]
    declared.append(network.portainer_server_ip)
    yield from (text if "/" in text else f"{text}/24" for text in declared if text and ":" not in text)


def copy(configuration: Configuration, target: Path, loopback: Loopback) -> Path:
    """Write the copy, and return the folder in it that is the `configDir`; a copy that is there is kept beside it."""
    layout, _ = discover(configuration.folder)
    if layout is None:
        raise FileNotFoundError(configuration.folder)
    texts = list(_files(configuration, layout.files.values()))
    if target.exists():
        before = target.with_name(f"{target.name}.before")
        shutil.rmtree(before, ignore_errors=True)
        target.rename(before)
    inside = layout.folder.resolve().is_relative_to(layout.root.resolve())
    root = layout.root.resolve() if inside else layout.folder.resolve()
    for file, text in texts:
        place = file.resolve()
        if place.is_relative_to(root):
            written = target / place.relative_to(root)
            written.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(loopback.text(text), encoding="utf-8", newline="")
    return target / layout.folder.resolve().relative_to(root)


def _files(configuration: Configuration, site_files: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    for file in site_files:
        yield file, without_passwords(_text(file) or "", is_json=file.suffix == ".json")
    for stack in configuration.stacks.values():
        manifests = set(manifest_files(stack.folder))
        mounted = {mounted_file(stack.folder, stack.folder.parent.parent, source) for source in stack.files}
        lying = {file for file in stack.folder.iterdir() if file.is_file()}
        for file in sorted(lying | {file for file in mounted if file is not None}):
            text = _text(file)
            if text is None:
                continue
            if file in manifests and stack.manifest_readable:
                text = without_passwords(text, is_json=file.suffix == ".json")
            else:
                text = masked(text)
            yield file, text


def _text(file: Path) -> str | None:
    if not file.is_file() or file.stat().st_size > _LARGEST:
        return None
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
