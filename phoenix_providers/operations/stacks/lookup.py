"""Looking at one stack: its record at Portainer, its file, its containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.docker.records import DockerContainer, ListedContainer
from phoenix_providers.clients.portainer.environments import PortainerEnvironments
from phoenix_providers.clients.portainer.records import StackRecord, StackStatus
from phoenix_providers.clients.portainer.stacks import PortainerStacks
from phoenix_providers.errors import ConflictError, ProductError
from phoenix_providers.operations.stacks.live_stack import LiveStack
from phoenix_providers.operations.stacks.sent_values import as_seen
from phoenix_providers.operations.stacks.services import active_services, expected_lives
from phoenix_providers.planning.compose.yaml_text import BrokenYamlError, load
from phoenix_providers.planning.stacks.content import StackContent, WantedStack
from phoenix_providers.planning.stacks.health import ContainerState
from phoenix_providers.planning.stacks.health import judge as judge_containers
from phoenix_providers.planning.stacks.history import StackHistory
from phoenix_providers.planning.stacks.preflight import made_by_portainer

# Then nobody knows which of the services have it, whatever the file says.
_UNFINISHED = {
    StackStatus.DEPLOYING: ("its deploy at Portainer has not ended",),
    StackStatus.ERROR: ("its last deploy at Portainer failed",),
}
_NO_JOB_SECONDS = 3600.0
# A list of this age is as good as new to whoever decides what to do.
RECENT_SECONDS = 2.0


class StackLookup:
    """Reads; the one thing that it may write is the association of an orphan that is provably ours."""

    def __init__(self, stacks: PortainerStacks, environments: PortainerEnvironments, docker: DockerProxy) -> None:
        self._stacks = stacks
        self._environments = environments
        self._docker = docker

    def find(self, project: str, environment_id: int, *, fresh: bool = False) -> StackRecord | None:
        """Look the record up by name and environment.

        Raises:
            ConflictError: There are several: they share one set of containers, and deleting one would remove those. Or
                it is no compose stack: a create would have the server drop its record.
        """
        records = self._stacks.fresh() if fresh else self._stacks.all()
        found = [item for item in records if item.name == project and item.environment_id == environment_id]
        for item in found:
            if not item.is_compose:
                raise ConflictError(
                    f"Portainer's stack {project} on this environment is no compose stack",
                    seen=f"stack {item.id}, type {item.kind}",
                    expected="a compose stack (type 2), or none of this name",
                    next_step="on Portainer's page Stacks, remove it or make it anew under another name",
                )
        if len(found) > 1:
            raise ConflictError(
                f"Portainer has the stack {project} {len(found)} times on one environment",
                seen="stacks " + ", ".join(str(item.id) for item in found),
                expected="one record; all of them share the same containers",
                next_step="delete all but one on Portainer's page Stacks (that stops the containers; volumes stay), "
                "then run again: it is deployed anew",
            )
        return found[0] if found else None

    def listed(self, sent: StackRecord, since: float) -> StackRecord:
        """Return a record that was sent as a list has it that was begun at that time, or later; many share it.

        Raises:
            ConflictError: Portainer has it twice.
            ProductError: It has it no more.
        """
        self._stacks.since(since)
        found = self.find(sent.name, sent.environment_id)
        if found is None:
            raise ProductError(
                "Portainer accepted the stack, but does not list it",
                seen=sent.name,
                next_step="run the same command again: it looks before it writes",
            )
        return found

    def has_record(self, project: str, stack_id: int) -> bool:
        """Whether Portainer has this record of this name, on whatever environment."""
        return any((item.id, item.name) == (stack_id, project) for item in self._stacks.all())

    def claimed(self, wanted: WantedStack, known_id: int) -> StackRecord | None:
        """Return the stack's record; one whose environment was made anew is given to its new environment first.

        Many stacks look at the same time. A record that somebody else has made since the shared list was read is seen
        by the server, which refuses a second one.

        Such an orphan is ours if we made it, or else if the containers on this engine were made from its file. Of
        several the last one counts; they are records of one set of containers.
        """
        self._stacks.all(at_most=RECENT_SECONDS)
        found = self.find(wanted.project, wanted.environment_id)
        if found is not None:
            return found
        chosen = self.orphan(wanted.project, known_id)
        if chosen is None:
            return None
        running = self._docker.listed(wanted.project, at_most=0)
        self._stacks.associate(chosen, wanted.environment_id, running=bool(running))
        return self.find(wanted.project, wanted.environment_id, fresh=True)

    def orphan(self, project: str, known_id: int) -> StackRecord | None:
        """Return the record of a stack whose environment Portainer has no longer, if it is provably ours."""
        orphans = self._orphans(project)
        if not orphans:
            return None
        makers = {made_by_portainer(item.config_files) for item in self._docker.listed(project, at_most=0)}
        ours = [item for item in orphans if item.id == known_id] or [item for item in orphans if item.id in makers]
        return max(ours, key=lambda item: item.id) if ours else None

    def owned(self, project: str, environment_id: int, stack_id: int) -> list[StackRecord]:
        """Return the records that go with a stack: those on its environment, and its own one without an environment."""
        own = [
            item
            for item in self._stacks.fresh()
            if item.is_compose and (item.name, item.environment_id) == (project, environment_id)
        ]
        return own or [item for item in self._orphans(project) if item.id == stack_id]

    def reattached(self, record: StackRecord, environment: str) -> StackRecord:
        """Give a record whose environment is gone to the one that has its name now; else the server acts nowhere."""
        present = self._environments.all()
        now = next((item for item in present if item.name == environment), None)
        if now is None or any(item.id == record.environment_id for item in present):
            return record
        self._stacks.associate(record, now.id, running=True)
        return self._stacks.get(record.id)

    def _orphans(self, project: str) -> list[StackRecord]:
        """Return the records of a name whose environments Portainer no longer has."""
        named = [item for item in self._stacks.all() if item.name == project and item.is_compose]
        present = {item.id for item in self._environments.fresh()} if named else set()
        return [item for item in named if item.environment_id not in present]

    def look(
        self,
        record: StackRecord,
        wanted: StackContent,
        known_file: str | None = None,
        memory: StackHistory | None = None,
    ) -> LiveStack:
        """Read file, values and containers; the file is not fetched when it is known already.

        What runs is judged by the services of its own file, which are those of `wanted` only if the files are alike.
        """
        compose = self._stacks.file(record.id) if known_file is None else known_file
        content = self._with_services(record, compose, wanted)
        if record.status is StackStatus.INACTIVE:
            return LiveStack(record, content, ("stopped in Portainer",))
        containers = self._docker.containers(record.name)
        states = [as_state(container) for container in containers]
        remembered = memory or StackHistory()
        health = judge_containers(expected_lives(record.name, content, states, remembered.running), states)
        # What worked for long was no job.
        long = {container.service for container in containers if container.ran_seconds >= _NO_JOB_SECONDS}
        ended = tuple(service for service in health.ended if service not in long)
        unfinished = _UNFINISHED.get(record.status, ())
        deviations = (*unfinished, *health.absent, *self._not_our_doing(record, compose, remembered))
        leftovers = self.leftovers(record.name, content.services, compose)
        return LiveStack(record, content, deviations, leftovers, health.broken, ended)

    def _with_services(self, record: StackRecord, compose: str, wanted: StackContent) -> StackContent:
        """Return the content of a record; a file that cannot be read has the services that have containers."""
        content = StackContent(compose, as_seen(record), tuple(wanted.services))
        if content.same_as(wanted):
            return content
        found = active_services(record.name, compose, content.env)
        if found is None:
            found = tuple(sorted({item.service for item in self._docker.listed(record.name)}))
        return replace(content, services=found)

    def made(self, project: str) -> Mapping[str, Sequence[str]]:
        """Return, by service, the hashes of the configurations from which its containers were made."""
        found: dict[str, set[str]] = {}
        for item in self._docker.listed(project):
            if item.config_hash:
                found.setdefault(item.service, set()).add(item.config_hash)
        return {service: sorted(hashes) for service, hashes in sorted(found.items())}

    def stop_seconds(self, project: str) -> float:
        """Return how long its containers may take to stop."""
        return self._docker.stop_seconds(project)

    def _not_our_doing(self, record: StackRecord, compose: str, memory: StackHistory) -> tuple[str, ...]:
        """Say what neither record nor state of the containers tells: replaced ones, and an update that was cut off.

        A server up to 2.39 that dies while it updates leaves the new file beside the old record.
        """
        made = self.made(record.name)
        found = [
            f"the container of {service} was replaced by another one"
            for service, hashes in memory.made.items()
            if service in made and list(made[service]) != list(hashes)
        ]
        if memory.stamp and memory.stamp == record.stamp and compose != memory.compose:
            found.append("an update of it was cut off in the middle")
        return tuple(found)

    def leftovers(self, project: str, services: Sequence[str], compose: str) -> tuple[ListedContainer, ...]:
        """Return the containers of services that the file does not have."""
        odd = [item for item in self._docker.listed(project) if item.service not in services]
        declared = _services_of(compose) if odd else None
        # Services of profiles that are not chosen are in the file, and their containers are nobody's business.
        return tuple(item for item in odd if declared is not None and item.service not in declared)


def as_state(container: DockerContainer) -> ContainerState:
    """Return a container the way it is judged."""
    return ContainerState(
        service=container.service,
        name=container.name,
        state=container.state,
        health=container.health,
        exit_code=container.exit_code,
        restart_count=container.restart_count,
        restart_policy=container.restart_policy,
    )


def _services_of(compose: str) -> frozenset[str] | None:
    try:
        document = load(compose)
    except BrokenYamlError:
        return None
    services = document.get("services") if isinstance(document, dict) else None
    return frozenset(map(str, services)) if isinstance(services, dict) else None
