"""Looking at what a run would do to a stack, by the same looks and in the same order as the run itself.

Nothing is written. Whoever does not answer leaves it open, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.docker.records import ListedContainer
from phoenix_providers.clients.portainer.records import Environment
from phoenix_providers.errors import PhoenixError, ProductError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun, PortainerAccess
from phoenix_providers.operations.stacks.environment_lookup import by_id
from phoenix_providers.operations.stacks.leaving.making_room import MakingRoom
from phoenix_providers.operations.stacks.live_stack import LiveStack
from phoenix_providers.operations.stacks.lookup import StackLookup
from phoenix_providers.operations.stacks.portainer_data import is_of_other_data
from phoenix_providers.operations.stacks.preflight import Preflight
from phoenix_providers.operations.stacks.reasons import redacted
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.config_hash.project_hash import expected_project
from phoenix_providers.planning.compose.config_hash.unknown import UnknownShapeError
from phoenix_providers.planning.compose.named_volumes import named_volumes
from phoenix_providers.planning.stacks.content import StackContent, WantedStack
from phoenix_providers.planning.stacks.forecast.compose_version import compose_version
from phoenix_providers.planning.stacks.forecast.container_forecast import (
    ContainerForecast,
    Fate,
    PresentContainer,
    container_forecasts,
)
from phoenix_providers.planning.stacks.forecast.declared_services import declared_services
from phoenix_providers.planning.stacks.forecast.stack_forecast import Sending, StackForecast
from phoenix_providers.planning.stacks.preflight import made_by_portainer
from phoenix_providers.planning.stacks.stack_properties import content_of, history_of


def forecast_of(olds: StoredProperties, news: StoredProperties) -> StackForecast:
    """Return what a run does to a stack that is declared.

    Args:
        olds: As the state has it behind the refresh, remembered; empty if it has it not.
        news: As it is declared and checked; with secrets in clear.
    """
    if news.get("blocked"):
        return StackForecast(Sending.NOT_NEEDED)
    try:
        return _Look(clients_of_run.current(), _on_known_environment(olds, news)).changed(olds)
    except PhoenixError as error:
        return StackForecast(Sending.UNKNOWN, why=(redacted(error.explanation.what, olds, news),))


def forecast_of_removal(olds: StoredProperties) -> StackForecast:
    """Return what a run does to a stack that leaves."""
    if olds.get("blocked") and not olds.get("stack_id"):
        return StackForecast(Sending.NOT_NEEDED)
    content = content_of(olds)
    compose = content.read(str(olds["project"])).compose
    volumes = named_volumes(compose, str(olds["project"])).values() if compose is not None else ()
    staying = tuple(volume.name for volume in volumes if not volume.external)
    try:
        found = _Look(clients_of_run.current(), olds).removed("is not declared any more")
    except PhoenixError as error:
        return StackForecast(Sending.UNKNOWN, why=(redacted(error.explanation.what, olds),), volumes=staying)
    return StackForecast(Sending.TAKEN_AWAY, found, volumes=staying)


class _Look:
    """One stack on its environment.

    Raises:
        ProductError: Portainer does not answer.
    """

    def __init__(self, current: ClientsOfRun, props: StoredProperties) -> None:
        self._current = current
        self._props = props
        self._access: PortainerAccess = current.portainer(PortainerServer.from_input(props["server"]))
        self._environment = _environment(self._access, props)

    def changed(self, olds: StoredProperties) -> StackForecast:
        news, project = self._props, str(self._props["project"])
        content = content_of(news)
        if self._environment is None:
            return StackForecast(Sending.SENT, _all_new(content), ("its environment is made first",))
        wanted = WantedStack(project, self._environment.id, content)
        is_moved = bool(olds.get("stack_id")) and olds.get("project") != project
        memory = history_of({} if is_moved else olds, news)
        docker, lookup = self._docker(), self._lookup()
        record = lookup.find(project, self._environment.id) or lookup.orphan(project, memory.stack_id)
        live = lookup.look(record, content, memory=memory) if record is not None else None
        listed = docker.listed(project)
        is_new = not olds.get("stack_id") and live is not None
        drift = tuple(redacted(word, olds, news) for word in live.observed) if live is not None and not is_new else ()
        if live is not None and not live.differs(content):
            return StackForecast(Sending.NOT_NEEDED, _tidied(live, listed), drift, is_taken_over=is_new)
        is_retried = str(news["resource"]) in self._current.settings.retry
        if content.digest == memory.failed_digest and not is_retried:
            why = (redacted(memory.failed_reason, olds, news),)
            good = memory.last_good
            if good is None or (live is not None and not live.deviations):
                return StackForecast(Sending.NOT_AGAIN, why=why)
            back = self._containers(WantedStack(project, self._environment.id, good), live, listed, memory.made)
            return StackForecast(Sending.NOT_AGAIN, back, why)
        if reasons := self._refusals(wanted, live):
            return StackForecast(Sending.REFUSED, why=tuple(redacted(one, olds, news) for one in reasons))
        made = memory.made if live is None or not is_new else {}
        containers = self._containers(wanted, live, listed, made)
        if is_moved:
            before = _Look(self._current, olds).removed(f"becomes {project}")
            containers = (*before, *containers)
        return StackForecast(Sending.SENT, containers, drift, is_taken_over=is_new)

    def removed(self, why: str) -> tuple[ContainerForecast, ...]:
        """Return the containers of the project, all of which go."""
        if self._environment is None:
            return ()
        listed = self._docker().listed(str(self._props["project"]))
        return tuple(ContainerForecast(one.service, one.name, Fate.REMOVED, why) for one in listed)

    def _refusals(self, wanted: WantedStack, live: LiveStack | None) -> tuple[str, ...]:
        preflight = Preflight(self._access.stacks, self._docker(), self._access.server)
        if reasons := preflight.faults(wanted) or preflight.missing_externals(wanted):
            return reasons
        name = str(self._props["resource"])
        if refused := self._current.notes.refused_images.get(name):
            return tuple(refused)
        leaving = MakingRoom(self._current, str(self._props["environment"]), name).leaving
        record = live.record if live is not None else None
        return preflight.conflicts(wanted, record, leaving, take_over=name in self._current.settings.take_over)

    def _containers(
        self,
        wanted: WantedStack,
        live: LiveStack | None,
        listed: Sequence[ListedContainer],
        made: Mapping[str, Sequence[str]],
    ) -> tuple[ContainerForecast, ...]:
        server = self._access.server.version
        everything = self._docker().everything()
        version = compose_version(server, (one.compose for one in everything if made_by_portainer(one.config_files)))
        running = live.content.read(wanted.project).compose if live is not None else None
        services = declared_services(
            wanted.compose, running, _hashes(wanted, server), made, self._image_ids(wanted.compose, listed), version
        )
        known = wanted.compose.services
        # Services of profiles that are not chosen are in the file, and compose leaves their containers alone.
        present = [
            PresentContainer(one.service, one.name, one.state, one.config_hash, one.made_from)
            for one in listed
            if one.service in services or one.service not in known
        ]
        found = container_forecasts(services, present, is_version_known=version.is_certain)
        made_from = {one.name: one.made_from for one in listed}
        return tuple(
            _redacted(self._with_digests(one, made_from.get(one.container, ""), wanted.compose), self._props)
            for one in found
        )

    def _with_digests(self, one: ContainerForecast, made_from: str, compose: Compose) -> ContainerForecast:
        """Add the digests of images where one takes the place of another, as far as anybody has told them."""
        service = compose.services.get(one.service)
        if one.fate is not Fate.RECREATED or service is None or not one.why.startswith("image"):
            return one
        then = self._access.digests.get((self._environment.id if self._environment else 0, service.image), "")
        now = self._docker().image_digest(made_from) if made_from else ""
        return replace(one, digest_now=now, digest_then=then or self._docker().image_digest(service.image))

    def _image_ids(self, compose: Compose, listed: Sequence[ListedContainer]) -> dict[str, str]:
        present = {one.service for one in listed}
        images = {one.image for one in compose.services.values() if one.active and one.image and one.name in present}
        return {image: self._docker().image_id(image) for image in sorted(images)}

    def _docker(self) -> DockerProxy:
        return self._access.docker(self._environment.id if self._environment else 0)

    def _lookup(self) -> StackLookup:
        return StackLookup(self._access.stacks, self._access.environments, self._docker())


def _on_known_environment(olds: StoredProperties, news: StoredProperties) -> StoredProperties:
    """Name the environment of the last run where nobody knows this one's: it may be about to be renamed."""
    known = {key: olds[key] for key in ("environment_id", "environment_instance") if olds.get(key)}
    return news if news.get("environment_id") else {**news, **known}


def _environment(access: PortainerAccess, props: StoredProperties) -> Environment | None:
    """Return the environment as Portainer has it now; None if it has to be made."""
    known = access.environments.all()
    number = int(props.get("environment_id") or 0)
    is_of_others = is_of_other_data(props.get("environment_instance") or "", access.session)
    found = by_id(known, number) if number and not is_of_others else None
    if found is not None:
        return found
    named = [one for one in known if one.name == props["environment"]]
    if len(named) > 1:
        raise ProductError(
            f"Portainer has {len(named)} environments called {props['environment']}",
            next_step="rename or remove all but one on Portainer's page Environments",
        )
    return named[0] if named else None


def _hashes(wanted: WantedStack, version: tuple[int, int]) -> dict[str, str]:
    content = wanted.content
    try:
        expected = expected_project(wanted.project, content.read(wanted.project), content.env, version)
    except UnknownShapeError:
        return {}
    return {service.name: service.hash for service in expected.services}


def _tidied(live: LiveStack, listed: Sequence[ListedContainer]) -> tuple[ContainerForecast, ...]:
    """Return what becomes of containers where nothing is sent: what the file has no more goes."""
    left = {one.name for one in live.leftovers}
    return tuple(
        ContainerForecast(one.service, one.name, Fate.REMOVED, f"{one.service} is not in the file any more")
        if one.name in left
        else ContainerForecast(one.service, one.name, Fate.UNTOUCHED)
        for one in listed
    )


def _all_new(content: StackContent) -> tuple[ContainerForecast, ...]:
    return tuple(ContainerForecast(service, "", Fate.CREATED) for service in content.services)


def _redacted(one: ContainerForecast, props: StoredProperties) -> ContainerForecast:
    return replace(one, why=redacted(one.why, props))
