"""Entries that compose takes apart itself: volumes and further hosts of a service, and definitions of volumes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.external_flag import is_external
from phoenix_providers.planning.compose.specification.volume_text import VolumeError, read_volume
from phoenix_providers.planning.findings import Findings

_OF_EXTERNAL = frozenset({"name", "external"})


def check_entry_forms(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    """Report what cannot be taken apart, in all services: compose does it before it looks at profiles."""
    for name in compose.services:
        service = compose.model["services"][name]
        for index, entry in enumerate(_listed(service.get("volumes"))):
            reason = _volume(entry, ("services", name, "volumes", index), compose)
            if reason:
                findings.error(
                    f"a volume of {name} is not valid: {reason}",
                    locate("services", name, "volumes", index),
                    seen=_written(compose, name, "volumes", index),
                    expected="SOURCE:TARGET, for example data:/var/lib/data; in the long form `target`",
                )
        for index, entry in enumerate(_listed(service.get("devices"))):
            # 2.29 reads a text there as that of a volume.
            reason = _volume(entry, ("services", name, "devices", index), compose) if isinstance(entry, str) else ""
            if reason:
                findings.error(
                    f"a device of {name} is not valid: {reason}",
                    locate("services", name, "devices", index),
                    seen=_written(compose, name, "devices", index),
                    expected="PATH, PATH:PATH_IN_CONTAINER, or a third part such as rwm",
                )
        for step, host, wrong in _hosts(service.get("extra_hosts")):
            if wrong and ("services", name, "extra_hosts", step) not in compose.hidden:
                findings.error(
                    f"an entry of extra_hosts of {name} is not valid: {wrong}",
                    locate("services", name, "extra_hosts", step),
                    seen=host,
                    expected="NAME:ADDRESS, for example db:10.0.0.5",
                )
    _check_external_volumes(compose, locate, findings)


def _volume(entry: Any, path: tuple[str | int, ...], compose: Compose) -> str:
    if isinstance(entry, str) and path not in compose.hidden:
        try:
            read_volume(entry)
        except VolumeError as error:
            return str(error)
    elif isinstance(entry, Mapping):
        if not isinstance(entry.get("target"), str):
            return "it has no target"
        source = entry.get("source")
        if entry.get("type") == "bind" and not source and (*path, "source") not in compose.hidden:
            return "a bind without a source"
    return ""


def _written(compose: Compose, name: str, section: str, index: int) -> str:
    written = compose.raw["services"][name][section][index]
    if isinstance(written, Mapping):
        return ", ".join(f"{key}: {value}" for key, value in written.items()) or "nothing"
    return str(written) or "an empty text"


def _hosts(declared: Any) -> Iterator[tuple[str | int, str, str]]:
    """Yield place, text, and what is wrong with it; a name ends at the first `=`, or else at the first colon."""
    if isinstance(declared, Mapping):
        for name, address in declared.items():
            yield name, f"{name}: {address}", _wrong_name(str(name))
    for index, entry in enumerate(_listed(declared)):
        separator = "=" if "=" in str(entry) else ":"
        name, found, _ = str(entry).partition(separator)
        yield index, str(entry), _wrong_name(name) if found else "it has no address"


def _wrong_name(name: str) -> str:
    if not name:
        return "it has no name"
    return f"the name {name} has a colon or an equals sign" if set(name) & set(":=") else ""


def _check_external_volumes(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    declared = compose.model.get("volumes")
    for name, definition in declared.items() if isinstance(declared, Mapping) else ():
        if not isinstance(definition, Mapping) or not is_external(definition):
            continue
        more = [key for key in definition if key not in _OF_EXTERNAL and not str(key).startswith("x-")]
        older = definition["external"]
        other = older.get("name") if isinstance(older, Mapping) else None
        if more:
            findings.error(
                f"the volume {name} is external, and has {', '.join(map(str, more))}; compose refuses both",
                locate("volumes", name, more[0]),
                seen=", ".join(map(str, definition)),
                expected="`external` with a `name` alone, or no `external`",
            )
        elif other and definition.get("name", other) != other:
            findings.error(
                f"the volume {name} has two names",
                locate("volumes", name, "name"),
                seen=f"{definition['name']} and {other}",
                expected="`name` alone",
            )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
