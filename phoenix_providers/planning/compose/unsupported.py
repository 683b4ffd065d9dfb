"""What a compose file may not have here, because Portainer gets only its text."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from phoenix_providers.models.compose_records import ComposeNode, ComposeTree
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose, entries_of
from phoenix_providers.planning.compose.folder_advice import folder_advice
from phoenix_providers.planning.findings import Findings

# Portainer itself writes this file beside the compose file, from the stack's variables.
_PORTAINERS_OWN = "stack.env"
_RELATIVE = (".", "~")


def refuse(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    """Report everything that would mean a file or folder beside the compose file.

    Of a service whose profile is not chosen compose wants only what it extends.
    """
    for name, read in compose.services.items():
        service = compose.model["services"][name]
        place = ("services", name)
        if read.active:
            _refuse_sources(service, lambda *path, place=place: locate(*place, *path), name, findings)
            _refuse_env_files(service, lambda *path, place=place: locate(*place, *path), name, findings)
            _refuse_mounts(compose, name, lambda *path, place=place: locate(*place, *path), findings)
        extends = service.get("extends")
        way_in = folder_advice(locate())
        if isinstance(extends, dict) and extends.get("file"):
            findings.error(
                f"{name} extends a service of another file, but Portainer gets only the compose text",
                locate(*place, "extends"),
                seen=str(extends["file"]),
                expected="everything in one file",
                next_step=way_in,
            )
    _refuse_includes(compose.model, locate, findings)


def _refuse_sources(service: ComposeNode, locate: Callable[..., Location], name: str, findings: Findings) -> None:
    if "build" in service:
        findings.error(
            f"{name} is built from source, but Portainer gets only the compose text",
            locate("build"),
            seen="`build`",
            expected="an `image` from a registry",
            next_step="build and push the image elsewhere, then name it here",
        )
    if service.get("label_file"):
        findings.error(
            f"{name} reads labels from a file, but Portainer gets only the compose text",
            locate("label_file"),
            seen="`label_file`",
            expected="`labels` in the compose file",
        )


def _refuse_env_files(service: ComposeNode, locate: Callable[..., Location], name: str, findings: Findings) -> None:
    declared = service.get("env_file")
    entries = declared if isinstance(declared, list) else [] if declared is None else [declared]
    for entry in entries:
        path = str(entry.get("path", "") if isinstance(entry, dict) else entry)
        if isinstance(entry, dict) and str(entry.get("required", True)).lower() == "false":
            # Compose does without it.
            continue
        if posixpath.normpath(path) != _PORTAINERS_OWN:
            findings.error(
                f"{name} reads an env_file, but Portainer gets only the compose text",
                locate("env_file"),
                seen=path,
                expected=(
                    "the manifest's `variables`, named below `environment`; "
                    f"`env_file: {_PORTAINERS_OWN}` gives all of them"
                ),
                next_step=folder_advice(locate("env_file")),
            )


def _refuse_mounts(compose: Compose, name: str, locate: Callable[..., Location], findings: Findings) -> None:
    for index, entry in enumerate(entries_of(compose.model["services"][name], "volumes")):
        path = ("services", name, "volumes", index)
        if compose.hidden & {path, (*path, "source")}:
            # Whoever knows the secret asks again.
            continue
        source = _bind_source(entry)
        if isinstance(entry, str) and (not entry or entry.startswith(":")):
            findings.error(
                f"{name} mounts nothing: the part before the colon is empty",
                locate("volumes", index),
                seen=str(compose.raw["services"][name]["volumes"][index]) or "an empty text",
                expected="SOURCE:TARGET",
            )
        elif source.startswith(_RELATIVE):
            what = "a path in a home folder" if source.startswith("~") else "a relative path"
            findings.error(
                f"{name} mounts {what}, which would mean a folder on the Portainer side",
                locate("volumes", index),
                seen=source,
                expected="a named volume, an absolute path on the VM, or a file in the manifest's `files`",
                next_step=folder_advice(locate("volumes", index)),
            )


def _bind_source(entry: object) -> str:
    if isinstance(entry, str):
        source, separator, _ = entry.partition(":")
        return source if separator else ""
    if isinstance(entry, dict) and entry.get("type", "bind") == "bind":
        source = str(entry.get("source") or "")
        # In the long form a bind without a leading slash is relative, too.
        return source if source.startswith(("/", *_RELATIVE)) else f"./{source}"
    return ""


def _refuse_includes(model: ComposeTree, locate: Callable[..., Location], findings: Findings) -> None:
    if model.get("include"):
        findings.error(
            "the compose file includes others, but Portainer gets only its text",
            locate("include"),
            seen="`include`",
            expected="everything in one file",
            next_step=folder_advice(locate("include")),
        )
