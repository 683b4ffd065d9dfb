"""Networks and volumes that a compose file uses and somebody else has to make; compose does not start without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.external_flag import is_external
from phoenix_providers.planning.compose.named_volumes import named_volumes


@dataclass(frozen=True)
class ExternalObject:
    """One of them: `kind` is "network" or "volume", as in Docker's commands; `name` is Docker's."""

    kind: str
    name: str


def external_objects(compose: Compose) -> tuple[ExternalObject, ...]:
    """Return those that its services use; one whose name is not known is left out."""
    return tuple(dict.fromkeys((*_networks(compose), *_volumes(compose))))


def _networks(compose: Compose) -> Iterator[ExternalObject]:
    declared = compose.model.get("networks")
    for key in _used_networks(compose):
        definition = declared.get(key) if isinstance(declared, Mapping) else None
        if isinstance(definition, Mapping) and is_external(definition):
            yield from _named("network", key, definition, ("networks", key), compose)


def _volumes(compose: Compose) -> Iterator[ExternalObject]:
    declared = compose.model.get("volumes")
    for key, volume in named_volumes(compose, "").items():
        if volume.external and isinstance(declared, Mapping):
            yield from _named("volume", key, declared[key], ("volumes", key), compose)


def _named(
    kind: str, key: str, definition: ComposeNode, path: tuple[str, str], compose: Compose
) -> Iterator[ExternalObject]:
    # The older form has its name one level below.
    older = definition["external"] if isinstance(definition["external"], Mapping) else {}
    place = (*path, "external", "name") if "name" in older else (*path, "name")
    name = older.get("name", definition.get("name", key))
    if name and isinstance(name, str) and place not in compose.hidden:
        yield ExternalObject(kind, name)


def _used_networks(compose: Compose) -> dict[str, None]:
    """Return the keys of the networks that its services are on; a service that names none is on the default one."""
    used: dict[str, None] = {}
    for name, service in compose.services.items():
        if not service.active or service.network_mode:
            continue
        own = compose.model["services"][name].get("networks")
        used |= dict.fromkeys(map(str, own)) if isinstance(own, list | Mapping) and own else {"default": None}
    return used
