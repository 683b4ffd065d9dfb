"""What becomes of each container of a project when compose brings it up.

Read in compose's source (`convergence.go`, `hash.go`, `create.go`): a container is made anew if its configuration hash
is another, or its image; what becomes of those that depend on it hangs on its version (see `compose_version`). Whatever
does not run is started, jobs that have ended as well. What the file has no more stays with compose, and is removed by
us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from phoenix_providers.planning.stacks.forecast.object_changes import NONE, ObjectChanges

_RUNNING = "running"
_PAUSED = "paused"
# So many copies are sorted in a way that can be told; more are not.
_MOST_COPIES = 12
_NUMBER = re.compile(r"\d+$")
_OTHER_FILE = "was started from another file, and may differ"
# By a run that was cut off, for example: then it is as declared, and nobody knows that.
_MADE_SINCE = "was made anew since it was deployed, and may differ"
_IN_DOUBT = frozenset({_OTHER_FILE, _MADE_SINCE})


class Fate(StrEnum):
    """What becomes of a container."""

    UNTOUCHED = "untouched"
    RECREATED = "recreated"
    RESTARTED = "restarted"
    STARTED = "started"
    CREATED = "created"
    REMOVED = "removed"


@dataclass(frozen=True)
class ContainerForecast:
    """One container.

    Attributes:
        why: In words; empty where nothing becomes of it.
        is_certain: Whether nothing that is not known could change it.
        digest_now: That of its image, as its registry knows it; empty if nobody tells.
        digest_then: The same of the image that it gets.
    """

    service: str
    container: str
    fate: Fate
    why: str = ""
    is_certain: bool = True
    digest_now: str = ""
    digest_then: str = ""


@dataclass(frozen=True)
class PresentContainer:
    """A container of the project as Docker lists it.

    Attributes:
        config_hash: That which compose left on it.
        made_from: Identifier of the image from which compose made it.
    """

    service: str
    name: str
    state: str
    config_hash: str
    made_from: str


@dataclass(frozen=True)
class DeclaredService:
    """A service as it will be sent.

    Attributes:
        copies: How many containers it has.
        hash: Which compose will compute; None where that is not known for certain.
        made: Hashes of the containers that were made from what runs; empty if nobody knows them.
        changes: In words, in what it differs from what runs; None if nothing of it runs by its own file.
        image_id: Identifier of its image on that machine; empty if it is not there, or will be fetched first.
        may_be_fetched: Why its image may become another one; empty if it cannot.
        follows: Services whose recreation makes this one anew.
        restarts_with: Services whose recreation restarts this one.
        object_changes: What differs in its networks and volumes.
        keeps_current: Whether of too many copies those are kept that are up to date, and not those that are not.
    """

    name: str
    copies: int = 1
    hash: str | None = None
    made: Sequence[str] = ()
    changes: Sequence[str] | None = None
    image_id: str = ""
    may_be_fetched: str = ""
    follows: frozenset[str] = frozenset()
    restarts_with: frozenset[str] = frozenset()
    object_changes: ObjectChanges = NONE
    keeps_current: bool = False


def container_forecasts(
    declared: Mapping[str, DeclaredService], present: Sequence[PresentContainer], *, is_version_known: bool = True
) -> tuple[ContainerForecast, ...]:
    """Return what becomes of all containers of a project, in the order of its services; those that go come first.

    Args:
        declared: Its services, active ones only.
        present: Its containers.
        is_version_known: Whether it is known what this version of compose does with dependent services.
    """
    outdated: dict[str, str] = {}
    doubtful: set[str] = set()
    for name in _in_order(declared):
        own = [one for one in present if one.service == name]
        reasons = [why for one in own if (why := _outdated(declared[name], one))]
        causes = [other for other in sorted(declared[name].follows) if other in outdated] if own else []
        if reasons or causes:
            outdated[name] = reasons[0] if reasons else f"depends on {causes[0]}"
            if _IN_DOUBT.issuperset(reasons) and doubtful.issuperset(causes):
                doubtful.add(name)
    gone = (
        _removed(one, f"{one.service} is not in the file any more") for one in present if one.service not in declared
    )
    of_services = (
        one
        for service in declared.values()
        for one in _of_service(
            service, [item for item in present if item.service == service.name], outdated, doubtful, is_version_known
        )
    )
    return (*gone, *of_services)


def _of_service(
    service: DeclaredService,
    own: Sequence[PresentContainer],
    outdated: Mapping[str, str],
    doubtful: Set[str],
    is_version_known: bool,
) -> Iterator[ContainerForecast]:
    ordered = _kept_first(service, own, all_outdated=any(other in outdated for other in service.follows))
    too_many = f"{service.copies} of {service.name} {'is' if service.copies == 1 else 'are'} declared"
    is_chosen = len(own) > max(service.copies, _MOST_COPIES) and service.name in outdated
    for index, one in enumerate(ordered):
        if index >= service.copies:
            yield ContainerForecast(service.name, one.name, Fate.REMOVED, too_many, is_certain=not is_chosen)
            continue
        if why := _outdated(service, one):
            yield ContainerForecast(service.name, one.name, Fate.RECREATED, why, is_certain=why not in _IN_DOUBT)
        elif any(other in outdated for other in service.follows):
            why, is_sure = outdated[service.name], is_version_known and service.name not in doubtful
            yield ContainerForecast(service.name, one.name, Fate.RECREATED, why, is_certain=is_sure)
        elif one.state == _RUNNING and (why := service.object_changes.redefined):
            yield ContainerForecast(service.name, one.name, Fate.RESTARTED, why, is_certain=is_version_known)
        elif cause := next((other for other in sorted(service.restarts_with) if other in outdated), ""):
            is_sure = is_version_known and not (service.restarts_with & outdated.keys() <= doubtful)
            yield ContainerForecast(service.name, one.name, Fate.RESTARTED, f"depends on {cause}", is_certain=is_sure)
        elif one.state != _RUNNING:
            word = "goes on" if one.state == _PAUSED else "is started"
            yield ContainerForecast(service.name, one.name, Fate.STARTED, f"{one.state} now, and {word}")
        else:
            yield ContainerForecast(
                service.name, one.name, Fate.UNTOUCHED, service.may_be_fetched, is_certain=not service.may_be_fetched
            )
    for _ in range(service.copies - len(own)):
        yield ContainerForecast(service.name, "", Fate.CREATED)


def _kept_first(
    service: DeclaredService, own: Sequence[PresentContainer], *, all_outdated: bool
) -> list[PresentContainer]:
    """Return copies in the order in which compose keeps them; `own` is as Docker lists them."""
    old = [one for one in own if all_outdated or _outdated(service, one)]
    current = sorted((one for one in own if one not in old), key=_number)
    return [*current, *old] if service.keeps_current else [*reversed(old), *current]


def _number(one: PresentContainer) -> int:
    found = _NUMBER.search(one.name)
    return int(found[0]) if found else 0


def _outdated(service: DeclaredService, one: PresentContainer) -> str:
    """Return why compose would make a container anew, other than for those on which it depends; empty if it stays."""
    if service.hash is not None and service.hash == one.config_hash:
        return _other_image(service, one)
    if service.changes:
        return ", ".join(service.changes)
    is_known = one.config_hash in service.made or (service.hash is None and not service.made)
    if service.changes is None and service.hash is None:
        return _OTHER_FILE
    if service.hash is None and not is_known:
        return _MADE_SINCE
    if not is_known or service.changes is None:
        return "was made from another configuration"
    return _other_image(service, one)


def _other_image(service: DeclaredService, one: PresentContainer) -> str:
    if service.image_id and one.made_from and service.image_id != one.made_from:
        return "its image is another one by now"
    return service.object_changes.renamed


def _removed(one: PresentContainer, why: str) -> ContainerForecast:
    return ContainerForecast(one.service, one.name, Fate.REMOVED, why)


def _in_order(declared: Mapping[str, DeclaredService]) -> Iterator[str]:
    """Yield the services, each behind those that it follows; a circle, which compose refuses, ends anywhere."""
    seen: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in seen or name not in declared:
            return
        seen.add(name)
        for other in sorted(declared[name].follows):
            yield from visit(other)
        yield name

    for name in declared:
        yield from visit(name)
