"""What compose, as one Portainer server runs it, would make of a project: the hashes by which it tells "unchanged".

Measured with the loaders of compose 2.26 to 2.40, which Portainer 2.21 to 2.45 bring along.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.models.problem import Severity
from phoenix_providers.planning.compose.compose_reading import ComposeReading
from phoenix_providers.planning.compose.config_hash.plain_scalars import doubtful_scalar
from phoenix_providers.planning.compose.config_hash.service import go_json, service_json, service_networks
from phoenix_providers.planning.compose.config_hash.unknown import UnknownShapeError

_TOP_LEVEL = frozenset({"services", "networks", "volumes", "version", "name"})
_OLDEST, _NEWEST = (2, 21), (2, 45)
# Compose 2.30 took `depends_on` out of the hash; 2.23 brings 2.29.2, and 2.39 surely a newer one than 2.30.
_LAST_WITH_DEPENDENCIES, _FIRST_WITHOUT = (2, 23), (2, 39)
# Up to then compose is a process of its own, which takes over all that is in the server's environment.
_LIKELY_IN_ITS_ENVIRONMENT = frozenset({"HOME", "HOSTNAME", "LANG", "PATH", "PWD", "SHLVL", "TERM", "TZ", "USER"})
_ITS_PREFIXES = ("COMPOSE_", "DOCKER_", "PORTAINER_")


@dataclass(frozen=True)
class ExpectedService:
    """One service; `networks` are keys of the project's networks."""

    name: str
    image: str
    hash: str
    networks: tuple[str, ...]


@dataclass(frozen=True)
class ExpectedObject:
    """A network or volume; one that is external has no hash, since compose does not compare it."""

    key: str
    name: str
    external: bool
    hash: str


@dataclass(frozen=True)
class ExpectedProject:
    """All that compose compares before it lets a project run as it is."""

    services: tuple[ExpectedService, ...]
    networks: tuple[ExpectedObject, ...]
    volumes: tuple[ExpectedObject, ...]


def expected_project(
    project: str, reading: ComposeReading, variables: Mapping[str, str], server: tuple[int, int]
) -> ExpectedProject:
    """Return what a server of this version would compare running containers with.

    Args:
        project: Its name.
        reading: The compose file as it would be sent.
        variables: As the containers shall see them.
        server: Portainer's version, (major, minor).

    Raises:
        UnknownShapeError: It has a part of which it is not known for certain what compose makes of it.
    """
    if not _OLDEST <= server <= _NEWEST:
        raise UnknownShapeError(f"Portainer {server[0]}.{server[1]}")
    if odd := doubtful_scalar(reading.text):
        raise UnknownShapeError(f"the value {odd}, which needs quotes to be read alike everywhere")
    compose = reading.compose
    if compose is None or any(problem.severity is Severity.ERROR for problem in reading.problems):
        raise UnknownShapeError("a text that compose would refuse")
    _check_variables(reading.asked, variables, server)
    if compose.places:
        raise UnknownShapeError("extends")
    model = compose.model
    if strange := [key for key in model if key not in _TOP_LEVEL and not key.startswith("x-")]:
        raise UnknownShapeError(strange[0])
    services = tuple(_service(name, service, server) for name, service in sorted(model["services"].items()))
    used = {key for service in services for key in service.networks}
    sources = {source for service in model["services"].values() for source in _sources(service)}
    networks, volumes = dict(model.get("networks") or {}), dict(model.get("volumes") or {})
    if "default" in used:
        networks.setdefault("default", None)
    return ExpectedProject(
        services,
        tuple(_network(project, key, _entry(networks, key)) for key in sorted(used)),
        tuple(_volume(project, key, _entry(volumes, key)) for key in sorted(sources)),
    )


def _check_variables(asked: Collection[str], variables: Mapping[str, str], server: tuple[int, int]) -> None:
    """Raise if a value may come from the server's own environment instead."""
    for name in sorted(asked):
        if name not in variables:
            raise UnknownShapeError(f"the variable {name}, which only the server's environment may define")
        if server < _FIRST_WITHOUT and name in _LIKELY_IN_ITS_ENVIRONMENT:
            raise UnknownShapeError(f"the variable {name}, which the server's environment may override")
    for name in sorted(variables):
        if name.startswith(_ITS_PREFIXES):
            raise UnknownShapeError(f"the variable {name}, which means something to compose itself")


def _service(name: str, service: ComposeNode, server: tuple[int, int]) -> ExpectedService:
    if "depends_on" in service and _LAST_WITH_DEPENDENCIES < server < _FIRST_WITHOUT:
        raise UnknownShapeError(f"depends_on of the service {name}, with Portainer {server[0]}.{server[1]}")
    try:
        networks = tuple(service_networks(service) or ())
        written = service_json(service, with_dependencies=server <= _LAST_WITH_DEPENDENCIES)
        return ExpectedService(name, str(service.get("image") or ""), _hash(written), networks)
    except UnknownShapeError as error:
        raise UnknownShapeError(f"{error} of the service {name}") from None


def _sources(service: ComposeNode) -> list[str]:
    """Return the keys of the named volumes that a service mounts."""
    found = []
    for entry in service.get("volumes") or ():
        source = str(entry["source"]) if isinstance(entry, dict) else str(entry).partition(":")[0]
        if not source.startswith("/"):
            found.append(source)
    return found


def _entry(section: ComposeNode, key: str) -> ComposeNode:
    if key not in section:
        raise UnknownShapeError(f"{key}, which is defined nowhere")
    entry = section[key] or {}
    if not isinstance(entry, dict) or set(entry) - {"name", "external", "driver"}:
        raise UnknownShapeError(f"the options of {key}")
    if not isinstance(entry.get("external", False), bool):
        raise UnknownShapeError(f"the options of {key}")
    return entry


def _network(project: str, key: str, entry: ComposeNode) -> ExpectedObject:
    driver = {"driver": entry["driver"]} if entry.get("driver") else {}
    name = _name(project, key, entry)
    return _object(key, name, entry, go_json({"name": name, **driver, "ipam": {}}))


def _volume(project: str, key: str, entry: ComposeNode) -> ExpectedObject:
    name = _name(project, key, entry)
    return _object(key, name, entry, go_json({"name": name, "driver": entry.get("driver") or "local"}))


def _object(key: str, name: str, entry: ComposeNode, written: str) -> ExpectedObject:
    external = bool(entry.get("external"))
    return ExpectedObject(key, name, external, "" if external else _hash(written))


def _name(project: str, key: str, entry: ComposeNode) -> str:
    return str(entry.get("name") or (key if entry.get("external") else f"{project}_{key}"))


def _hash(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()
