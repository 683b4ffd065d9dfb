"""Waiting until a stack's containers are healthy, and saying which are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.docker.records import DockerContainer, ListedContainer
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError
from phoenix_providers.operations.stacks.lookup import RECENT_SECONDS, as_state
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.services import expected_lives
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.health import Health, HealthStatus, judge

# What is not healthy yet is looked at often in the beginning, and once a second later.
_PAUSE_SECONDS, _LONGEST_PAUSE, _SLOWER = 0.25, 1.0, 4
# All stacks of an environment that wait at the same time share its lists: each goes on this much later than it might,
# and by then another one has often had the list read that it needs.
_SHARED_SECONDS = 0.25
_LOG_LINES = 10
_MINUTE = 60.0


@dataclass(frozen=True)
class _Look:
    """A project as one list of containers shows it; the list was begun `at` that time."""

    at: float
    listed: tuple[ListedContainer, ...]
    health: Health

    @property
    def has_checks(self) -> bool:
        """Whether a container says how healthy it is; only looks tell for how long it has been."""
        return any(item.running().health for item in self.listed)

    def has_run(self, seconds: float) -> bool:
        """Whether all that runs has been running for so long, by what the list says; that is told in whole seconds."""
        running = [item.up_seconds for item in self.listed if item.state == "running"]
        return all(up is not None and up >= seconds for up in running)


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
        for as long as there is time. Nothing is looked at before it can tell something new.
        """
        patience, began = self._patience, self._clock.now()
        share = min(_SHARED_SECONDS, settle / _SLOWER)
        self._sleep(share, deadline)
        due = began if settle else began - _SHARED_SECONDS
        last, since, restarts = None, began, None
        while True:
            seen = patience.until(deadline, partial(self._seen, project, content, due))
            is_healthy = seen.health.status is HealthStatus.HEALTHY
            if seen.health.status is not last:
                # Compose has started it before, and how long it runs is told later.
                is_proven_later = last is None and _is_told(settle) and not seen.has_checks
                since = began if is_proven_later and is_healthy else seen.at
                last, restarts = seen.health.status, None
                if is_healthy and settle and not _is_told(settle):
                    restarts = patience.until(deadline, partial(self._restarts, seen))
            if seen.at - since >= settle:
                if is_healthy and (not settle or (_is_told(settle) and seen.has_run(settle))):
                    return ""
                if last is HealthStatus.DEGRADED:
                    return patience.until(deadline, partial(self._told, project, content, secrets))
                if is_healthy:
                    again = patience.until(deadline, partial(self._restarts, seen))
                    if again == restarts:
                        return ""
                    since, restarts = seen.at, again
            if deadline.passed:
                return self._told(project, content, secrets) or "its containers are restarted again and again"
            now = self._clock.now()
            due = since + settle if is_healthy else now + _pause(now - began)
            self._sleep(due + share - now, deadline)
            due = min(due, self._clock.now())

    def _sleep(self, seconds: float, deadline: Deadline) -> None:
        if seconds > 0:
            self._clock.sleep(min(seconds, deadline.remaining))

    def healthy(self, project: str, content: StackContent) -> bool:
        """Whether they are healthy now."""
        return self._judged(project, content).status is HealthStatus.HEALTHY

    def running(self, project: str, services: Sequence[str]) -> tuple[str, ...]:
        """Return those of the services that have a container that runs now, in whatever health.

        Where there is no container at all, those are all services: only a deploy that failed leaves it like that.
        """
        containers = self._docker.containers(project, at_most=RECENT_SECONDS)
        if not containers:
            return tuple(services)
        found = {container.service for container in containers if container.state == "running"}
        return tuple(service for service in services if service in found)

    def _judged(self, project: str, content: StackContent) -> Health:
        return self._seen(project, content, self._clock.now() - _SHARED_SECONDS).health

    def _seen(self, project: str, content: StackContent, moment: float) -> _Look:
        """Look, by a list that was read at that moment or later."""
        dated = self._docker.since(moment)
        listed = tuple(item for item in dated.value if item.project == project and not item.one_off)
        states = [as_state(container) for container in self._docker.described(listed)]
        return _Look(dated.at, listed, judge(expected_lives(project, content, states), states))

    def _restarts(self, seen: _Look) -> Mapping[str, int]:
        return {item.id: item.restart_count for item in self._docker.described(seen.listed, closely=True)}

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


def _is_told(seconds: float) -> bool:
    """Whether Docker's list says of a container that it has been running for so long; above a minute it rounds."""
    return seconds <= _MINUTE and seconds == int(seconds)


def _pause(waited: float) -> float:
    return min(_LONGEST_PAUSE, max(_PAUSE_SECONDS, waited / _SLOWER))
