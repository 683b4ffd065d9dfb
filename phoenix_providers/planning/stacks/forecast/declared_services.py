"""The services of a content as compose will compare them with what runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.stacks.forecast.compose_version import ComposeVersion, Dependents
from phoenix_providers.planning.stacks.forecast.container_forecast import DeclaredService
from phoenix_providers.planning.stacks.forecast.given_variables import with_given_variables
from phoenix_providers.planning.stacks.forecast.object_changes import NONE, object_changes
from phoenix_providers.planning.stacks.forecast.service_changes import service_changes
from phoenix_providers.planning.stacks.lifetimes import lifetimes
from phoenix_providers.planning.stacks.needed_images import ALWAYS

_SHARED = ("network_mode", "ipc", "pid")
_OF_SERVICE = "service:"
_FETCHED_BY_TIME = frozenset({"daily", "weekly"})


def declared_services(
    compose: Compose,
    running: Compose | None,
    hashes: Mapping[str, str],
    made: Mapping[str, Sequence[str]],
    image_ids: Mapping[str, str],
    version: ComposeVersion,
) -> dict[str, DeclaredService]:
    """Return them by name; only those that run at all.

    Args:
        compose: What will be sent.
        running: What was sent last; None if nobody knows that.
        hashes: Those that compose will compute, by service, as far as they are known for certain.
        made: Those of the containers that were made from what runs, by service.
        image_ids: Identifiers of images that are on the machine, by the names in the file.
        version: How the compose behaves that brings it up.
    """
    lives = lifetimes(compose)
    found = {}
    for name, service in compose.services.items():
        if not service.active:
            continue
        model = compose.model["services"][name]
        # A service of a profile that was not chosen may have a container from before that.
        ran = running is not None and name in running.services and running.services[name].active
        was = with_given_variables(running.model["services"][name], running.variables) if running and ran else None
        has = with_given_variables(model, compose.variables)
        policy = str(model.get("pull_policy") or "")
        shared, followed = frozenset(_shared(model)), frozenset(_dependencies(model))
        found[name] = DeclaredService(
            name=name,
            copies=lives[name].copies,
            hash=hashes.get(name),
            made=tuple(made.get(name, ())),
            changes=None if was is None else [one.words for one in service_changes(was, has, version.uncounted)],
            image_id=image_ids.get(service.image, ""),
            may_be_fetched=_may_be_fetched(policy),
            follows=shared | followed if version.dependents is Dependents.RECREATED else shared,
            restarts_with=_restarting(model, followed, version.dependents) - shared,
            object_changes=object_changes(running, compose, name) if running and version.compares_networks else NONE,
            keeps_current=version.compares_networks,
        )
    return found


def _may_be_fetched(policy: str) -> str:
    if policy == ALWAYS or policy in _FETCHED_BY_TIME or policy.startswith("every_"):
        return f"pull_policy is {policy}: made anew if its registry has a newer image"
    return ""


def _dependencies(service: ComposeNode) -> Iterator[str]:
    """Yield what compose takes for dependencies: what is said to be one, and links."""
    value = service.get("depends_on")
    yield from (str(name) for name in value) if isinstance(value, list | dict) else ()
    links = service.get("links")
    yield from (str(link).partition(":")[0] for link in links) if isinstance(links, list) else ()


def _shared(service: ComposeNode) -> Iterator[str]:
    """Yield the services whose namespaces or volumes a service has."""
    for key in _SHARED:
        value = str(service.get(key) or "")
        if value.startswith(_OF_SERVICE):
            yield value.removeprefix(_OF_SERVICE)
    volumes = service.get("volumes_from")
    for entry in volumes if isinstance(volumes, list) else ():
        name = str(entry).partition(":")[0]
        if name != "container":
            yield name


def _restarting(service: ComposeNode, followed: frozenset[str], dependents: Dependents) -> frozenset[str]:
    if dependents is Dependents.RESTARTED:
        return followed
    value = service.get("depends_on")
    if dependents is Dependents.RECREATED or not isinstance(value, dict):
        return frozenset()
    return frozenset(str(name) for name, how in value.items() if isinstance(how, dict) and how.get("restart") is True)
