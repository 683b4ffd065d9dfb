"""Files of a stack as compose `configs` with inline content.

A manifest's files belong to the stack, not to one service, so each of them is mounted into every service of the stack
that does not mount something of its own there. Compose does not recreate a container when inline content changes;
therefore those services carry the digest of the files in a label.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import StackFile
from phoenix_providers.planning.compose.compose_file import ComposeService
from phoenix_providers.planning.compose.container_paths import plain_path
from phoenix_providers.planning.findings import Findings, nearest

DIGEST_LABEL = "phoenix-sync.files"
# Line ends that YAML knows and text editors do not show; Compose's reader stumbles over them.
_UNREADABLE = "\u0085\u2028\u2029\ufffe\uffff"


@dataclass(frozen=True)
class MountedFile:
    """One file: name of its `config`, where it is mounted, and its text with `$` doubled for Compose."""

    name: str
    destination: str
    content: str
    services: tuple[str, ...]


def mounted_files(
    files: Iterable[StackFile],
    contents: Mapping[str, bytes],
    services: Mapping[str, ComposeService],
    locate: Callable[..., Location],
    findings: Findings,
    taken: Collection[str] = (),
) -> tuple[MountedFile, ...]:
    """Return the files that can be mounted; the others are problems. Names that the compose file has are `taken`."""
    mounted: dict[str, MountedFile] = {}
    for index, file in enumerate(files):
        place = locate(index)
        text = _text(file, contents, place, findings)
        destination = file.destination_in_container
        if destination in {"", "/"} or plain_path(destination) != destination:
            findings.error(
                f"the file {file.source} needs an absolute path of a file in the container",
                place,
                seen=destination,
                expected="for example /etc/app/app.conf",
            )
        elif destination in mounted:
            findings.error(
                f"two files are mounted at {destination}",
                place,
                seen=file.source,
                expected="a path of its own for each file",
            )
        elif text is not None:
            if not text:
                findings.warning(
                    f"the file {file.source} is empty; compose delivers no empty files, so it arrives as one line end",
                    place,
                    seen="an empty file",
                    next_step=f"write a line end or a comment into {file.source}",
                )
            users = _users(file, services, place, findings)
            _check_way(file, [services[name] for name in users], mounted, place, findings)
            name = _config_name(destination, {*taken, *(other.name for other in mounted.values())})
            mounted[destination] = MountedFile(name, destination, text.replace("$", "$$") or "\n", users)
    return tuple(mounted.values())


def _users(
    file: StackFile, services: Mapping[str, ComposeService], place: Location, findings: Findings
) -> tuple[str, ...]:
    """Return the services that get a file: those that it names, else all that mount nothing of their own there."""
    for name in file.services:
        if name not in services:
            findings.error(
                f"the file {file.source} is for the service {name}, which the compose file does not have",
                place,
                seen=name,
                expected=nearest(name, services) or ", ".join(services),
            )
    asked = [name for name in services if name in file.services or not file.services]
    users = tuple(name for name in asked if file.destination_in_container not in services[name].paths.mounts)
    if asked and not users:
        findings.error(
            f"every service mounts something of its own at {file.destination_in_container}",
            place,
            seen=file.source,
            expected="a path that at least one service of the compose file leaves free",
        )
    return users


def _check_way(
    file: StackFile,
    users: Iterable[ComposeService],
    mounted: Iterable[str],
    place: Location,
    findings: Findings,
) -> None:
    """Report what would keep a file from arriving: after that, nothing would be known of it."""
    destination = file.destination_in_container
    for user in users:
        if user.active and (obstacle := user.paths.obstacle(destination)):
            findings.error(
                f"the file {file.source} cannot be put into {user.name} at {destination}: {obstacle.text}",
                place,
                seen=destination,
                expected="another path, or `services:` with the names of those that need the file",
            )
    for other in mounted:
        if destination.startswith(f"{other}/") or other.startswith(f"{destination}/"):
            findings.error(
                f"the file {file.source} cannot be put at {destination}: another file is mounted at {other}",
                place,
                seen=destination,
                expected="paths of which none is a folder of the other",
            )


def digest(files: Iterable[MountedFile]) -> str:
    """Return a digest that changes with any content or destination."""
    total = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.destination):
        for part in (file.destination, file.content):
            total.update(hashlib.sha256(part.encode()).digest())
    return f"sha256:{total.hexdigest()}"


def _text(file: StackFile, contents: Mapping[str, bytes], place: Location, findings: Findings) -> str | None:
    if file.source not in contents:
        # A missing file has been reported by the loader, which knows where it looked.
        if not findings.blocking:
            findings.error(
                f"the file {file.source} cannot be read",
                place,
                seen=file.source,
                expected="a text file in the stack's folder",
            )
        return None
    try:
        text = contents[file.source].decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if any(not (character.isprintable() or character in "\t\r\n") and ord(character) < 32 for character in text):
        _refuse_content(file, place, findings, "binary content")
        return None
    if any(character in text for character in _UNREADABLE):
        _refuse_content(file, place, findings, "a line separator (U+0085, U+2028 or U+2029) that Compose cannot read")
        return None
    return text


def _refuse_content(file: StackFile, place: Location, findings: Findings, seen: str) -> None:
    findings.error(
        f"the file {file.source} cannot travel inside the compose text",
        place,
        seen=seen,
        expected="text in UTF-8; put other files into the image or a volume",
    )


def _config_name(destination: str, taken: set[str]) -> str:
    base = "phoenix-" + re.sub(r"[^a-z0-9]+", "-", destination.lower()).strip("-")
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name
