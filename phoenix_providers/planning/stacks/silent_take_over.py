"""Whether compose would leave a running project exactly as it is, so that it can be taken over without a restart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from phoenix_providers.planning.compose.config_hash.project_hash import ExpectedObject, ExpectedProject, ExpectedService


@dataclass(frozen=True)
class FoundContainer:
    """A container of the project.

    Attributes:
        config_hash: That which compose left on it.
        made_from: Identifier of the image from which compose made it.
        networks: Identifiers of the networks that it is on.
    """

    service: str
    name: str
    state: str
    config_hash: str
    made_from: str
    networks: frozenset[str]


@dataclass(frozen=True)
class FoundObject:
    """A network or volume of the engine, with the labels that compose left on it; no hash before compose 2.31."""

    id: str
    project: str
    key: str
    config_hash: str


@dataclass(frozen=True)
class FoundProject:
    """What the engine has; networks and volumes by name, identifiers of images by the names in the file."""

    containers: Sequence[FoundContainer]
    images: Mapping[str, str]
    networks: Mapping[str, FoundObject]
    volumes: Mapping[str, FoundObject]


def changes(project: str, expected: ExpectedProject, found: FoundProject) -> tuple[str, ...]:
    """Return, in words, everything that taking the project over would change; nothing if it would not."""
    names = {service.name for service in expected.services}
    strangers = sorted({item.service for item in found.containers if item.service not in names})
    return (
        *(f"{name} is not in the file, and would be removed" for name in strangers),
        *(change for service in expected.services for change in _of_service(service, expected, found)),
        *_of_objects("network", project, expected.networks, found.networks),
        *_of_objects("volume", project, expected.volumes, found.volumes),
    )


def _of_service(service: ExpectedService, expected: ExpectedProject, found: FoundProject) -> Iterator[str]:
    own = [item for item in found.containers if item.service == service.name]
    if len(own) != 1:
        yield f"{service.name} has {len(own)} containers instead of one"
        return
    container = own[0]
    if container.config_hash != service.hash:
        yield f"{service.name} was started with another configuration, and would be made anew"
        return
    if container.state != "running":
        yield f"{service.name} is {container.state}, and would be started"
    if not container.made_from or container.made_from != found.images.get(service.image):
        yield f"{service.name} runs another image than {service.image} is by now, and would be made anew"
    wanted = [item.name for item in expected.networks if item.key in service.networks]
    if not _on_all(wanted, found.networks, container.networks):
        yield f"{service.name} is not on the networks {', '.join(wanted)}, and would be made anew"


def _on_all(names: Collection[str], networks: Mapping[str, FoundObject], present: Collection[str]) -> bool:
    return all(name in networks and networks[name].id in present for name in names)


def _of_objects(
    kind: str, project: str, expected: Sequence[ExpectedObject], found: Mapping[str, FoundObject]
) -> Iterator[str]:
    for item in expected:
        one = found.get(item.name)
        if one is None:
            yield f"the {kind} {item.name} is missing"
        elif not item.external and (one.project, one.key) != (project, item.key):
            yield f"the {kind} {item.name} was not made for this project"
        elif not item.external and one.config_hash not in {"", item.hash}:
            yield f"the {kind} {item.name} has other options, and would be made anew"
