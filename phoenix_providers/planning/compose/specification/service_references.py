"""What services refer to: other services, networks, volumes, configs and secrets; and that nobody waits for himself.

Compose judges the services that run: those of a profile that is not chosen may refer to what they like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.specification.value_texts import flag
from phoenix_providers.planning.compose.specification.volume_text import VolumeError, read_volume
from phoenix_providers.planning.findings import Findings, nearest

_SERVICE = "service:"
_CONTAINER = "container:"
_NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")


@dataclass(frozen=True)
class Reference:
    """One of them: the key of the service that has it, where what it names is defined, and the name.

    Attributes:
        required: Not so for a service that may be missing while its profile is not chosen.
    """

    key: str
    section: str
    name: str
    required: bool = True

    @property
    def shown(self) -> str:
        """The name, or that there is none."""
        return self.name or "one without a name"


def check_references(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    """Report what leads nowhere, and services that wait for each other in a circle."""
    running = {name: service for name, service in compose.services.items() if service.active}
    waits_for: dict[str, dict[str, str]] = {name: {} for name in running}
    for name in running:
        for reference in _references(compose, name):
            if reference.section != "services":
                _check_definition(compose, name, reference, locate, findings)
            elif reference.name in running:
                waits_for[name].setdefault(reference.name, reference.key)
            else:
                _check_service(compose, name, reference, locate, findings)
    if cycle := _cycle(waits_for):
        findings.error(
            "services wait for each other in a circle"
            if len(cycle) > 2
            else f"the service {cycle[0]} waits for itself",
            locate("services", cycle[0], waits_for[cycle[0]][cycle[1]]),
            seen=" -> ".join(cycle),
            expected="an order in which each service comes after those that it needs",
        )


def _check_definition(
    compose: Compose, service: str, reference: Reference, locate: Callable[..., Location], findings: Findings
) -> None:
    declared = compose.model.get(reference.section)
    known = declared if isinstance(declared, dict) else {}
    if reference.name in known or (reference.section == "networks" and reference.name == "default"):
        return
    findings.error(
        f"the service {service} refers to {reference.shown} in {reference.section}, which the file does not define",
        locate("services", service, reference.key),
        seen=reference.shown,
        expected=nearest(reference.name, known) or f"{reference.shown} below the file's `{reference.section}:`",
    )


def _check_service(
    compose: Compose, service: str, reference: Reference, locate: Callable[..., Location], findings: Findings
) -> None:
    place = locate("services", service, reference.key)
    other = compose.services.get(reference.name)
    if other is None:
        findings.error(
            f"the service {service} refers to {reference.shown} in services, which the file does not define",
            place,
            seen=f"{reference.key}: {reference.name}",
            expected=nearest(reference.name, compose.services) or f"{reference.shown} below the file's `services:`",
        )
    elif reference.required:
        profiles = ", ".join(map(str, compose.model["services"][reference.name].get("profiles") or ()))
        findings.error(
            f"the service {service} needs {reference.name}, whose profile is not chosen",
            place,
            seen=f"{reference.name} has the profiles {profiles}",
            expected="a profile of it in the variable COMPOSE_PROFILES, or `required: false` below `depends_on`",
        )


def _references(compose: Compose, name: str) -> Iterator[Reference]:
    service = compose.model["services"][name]

    def known(key: str) -> Iterator[Any]:
        """Yield the entries of a list that do not depend on a secret."""
        for index, entry in enumerate(_entries(service.get(key))):
            if not any(path[:4] == ("services", name, key, index) for path in compose.hidden):
                yield entry

    yield from _orders(service)
    for key in _NAMESPACES:
        value = service.get(key)
        if isinstance(value, str) and value.startswith(_SERVICE) and ("services", name, key) not in compose.hidden:
            yield Reference(key, "services", value.removeprefix(_SERVICE))
    yield from (Reference("links", "services", _linked(str(entry))) for entry in known("links"))
    for entry in map(str, known("volumes_from")):
        if not entry.startswith(_CONTAINER):
            yield Reference("volumes_from", "services", entry.partition(":")[0])
    yield from _definitions(service)
    yield from (Reference("volumes", "volumes", source) for source in map(_volume, known("volumes")) if source)


def _linked(entry: str) -> str:
    """Return the service of NAME:ALIAS; compose takes the whole of anything else for a name."""
    parts = entry.split(":")
    return parts[0] if len(parts) == len(("name", "alias")) else entry


def _definitions(service: ComposeNode) -> Iterator[Reference]:
    for key in ("networks", "models"):
        for name in _names(service.get(key)):
            yield Reference(key, key, name)
    for key in ("configs", "secrets"):
        for entry in _entries(service.get(key)):
            yield Reference(key, key, str(entry.get("source", "") if isinstance(entry, dict) else entry))


def _orders(service: ComposeNode) -> Iterator[Reference]:
    declared = service.get("depends_on")
    for name in _names(declared):
        settings = declared.get(name) if isinstance(declared, dict) else None
        value = settings.get("required", True) if isinstance(settings, dict) else True
        required = flag(value) is not False if isinstance(value, str) else bool(value)
        yield Reference("depends_on", "services", name, required)


def _names(value: object) -> Iterable[str]:
    return [str(name) for name in value] if isinstance(value, list | dict) else []


def _entries(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _volume(entry: object) -> str:
    if isinstance(entry, dict):
        return str(entry.get("source") or "") if entry.get("type") == "volume" else ""
    try:
        return read_volume(str(entry)).named
    except VolumeError:
        return ""


def _cycle(waits_for: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a chain of services that ends where it began; empty when there is none."""
    done: set[str] = set()
    for start in waits_for:
        if found := _walk(start, waits_for, [], done):
            return found
    return []


def _walk(name: str, waits_for: Mapping[str, Iterable[str]], path: list[str], done: set[str]) -> list[str]:
    if name in path:
        return [*path[path.index(name) :], name]
    if name in done:
        return []
    for other in waits_for.get(name, ()):
        if found := _walk(other, waits_for, [*path, name], done):
            return found
    done.add(name)
    return []
