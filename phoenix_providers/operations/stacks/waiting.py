"""Waiting until a stack's containers are healthy, and saying which are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.docker.records import DockerContainer
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError
from phoenix_providers.operations.stacks.lookup import as_state
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.services import expected_lives
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.health import Health, HealthStatus, judge

_PAUSE_SECONDS = 0.25
# All stacks of an environment that wait at the same time share one list of its containers.
_SHARED_SECONDS = 0.2
_LOG_LINES = 10


class HealthWait:
    """Waits for one project; never deploys."""

    def __init__(self, docker: DockerProxy, clock: Clock, patience: Patience) -> None:
        self._docker = docker
        self._clock = clock
        self._patience = patience

    def failure(
        self, project: str, content: StackContent, deadline: Deadline, settle: float, secrets: Iterable[str]
    ) -> str:
        """Return why the services are not healthy in the end; empty when they are, for `settle` seconds.

        A container that is restarted meanwhile begins to settle anew. Whoever does not answer meanwhile is asked again
        for as long as there is time.
        """
        patience = self._patience
        restarts = patience.until(deadline, lambda: self._restarts(project)) if settle else {}
        since, last = self._clock.now(), None
        while True:
            health = patience.until(deadline, lambda: self._judged(project, content))
            if health.status is not last:
                last, since = health.status, self._clock.now()
            if self._clock.now() - since >= settle:
                checks = settle and health.status is HealthStatus.HEALTHY
                again = patience.until(deadline, lambda: self._restarts(project)) if checks else restarts
                if health.status is HealthStatus.HEALTHY and again == restarts:
                    return ""
                if health.status is HealthStatus.DEGRADED:
                    return patience.until(deadline, lambda: self._told(project, content, secrets))
                if again != restarts:
                    restarts, since = again, self._clock.now()
            if deadline.passed:
                return self._told(project, content, secrets) or "its containers are restarted again and again"
            self._clock.sleep(min(_PAUSE_SECONDS, deadline.remaining))

    def healthy(self, project: str, content: StackContent) -> bool:
        """Whether they are healthy now."""
        return self._judged(project, content).status is HealthStatus.HEALTHY

    def running(self, project: str, services: Sequence[str]) -> tuple[str, ...]:
        """Return those of the services that have a container that runs now, in whatever health.

        Where there is no container at all, those are all services: only a deploy that failed leaves it like that.
        """
        containers = self._docker.containers(project, at_most=_SHARED_SECONDS)
        if not containers:
            return tuple(services)
        found = {container.service for container in containers if container.state == "running"}
        return tuple(service for service in services if service in found)

    def _judged(self, project: str, content: StackContent, *, closely: bool = False) -> Health:
        containers = self._docker.containers(project, at_most=_SHARED_SECONDS, closely=closely)
        states = [as_state(container) for container in containers]
        return judge(expected_lives(project, content, states), states)

    def _restarts(self, project: str) -> Mapping[str, int]:
        found = self._docker.containers(project, at_most=_SHARED_SECONDS, closely=True)
        return {container.id: container.restart_count for container in found}

    def _told(self, project: str, content: StackContent, secrets: Iterable[str]) -> str:
        containers = self._docker.containers(project, at_most=_SHARED_SECONDS, closely=True)
        states = [as_state(container) for container in containers]
        health = judge(expected_lives(project, content, states), states)
        lines = [str(reason) for reason in health.reasons]
        for container in containers:
            if container.service in {reason.service for reason in health.reasons}:
                lines += [f"  log of {container.service}: {line}" for line in self._log(container, secrets)]
        return "\n".join(lines)

    def _log(self, container: DockerContainer, secrets: Iterable[str]) -> Sequence[str]:
        try:
            text = self._docker.logs(container.id, _LOG_LINES)
        except ProductError:
            return ()
        return redact(text, secrets).rstrip("\n").split("\n")[-_LOG_LINES:]
