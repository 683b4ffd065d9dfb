"""Bringing one stack at Portainer to its declared state, and looking at it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from phoenix_providers.clients.docker import Container, DockerProxy
from phoenix_providers.clients.portainer.records import StackRecord, StackStatus
from phoenix_providers.clients.portainer.stacks import PortainerStacks
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import AmbiguousWriteError, ConflictError, ProductError
from phoenix_providers.planning.dotenv import decode, encode
from phoenix_providers.planning.health import ContainerState, Health, Verdict, judge

_PAUSE_SECONDS = 0.25
_LONGEST_LOG = 10


@dataclass(frozen=True)
class WantedStack:
    """What is declared; `env` holds the values as the containers shall see them."""

    project: str
    environment_id: int
    compose: str
    env: Mapping[str, str]
    services: Sequence[str]

    @property
    def digest(self) -> str:
        """Tell one content from another; it covers secrets, so it is one itself."""
        content = json.dumps([self.compose, sorted(self.env.items())])
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class LiveStack:
    """What Portainer and Docker have; `deviations` says in words what is not as it was deployed."""

    record: StackRecord
    compose: str
    env: Mapping[str, str]
    deviations: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How it ended; `failure` is empty when the stack is deployed and healthy."""

    stack_id: int
    failure: str = ""
    failed_digest: str = ""


@dataclass(frozen=True)
class Limits:
    """Seconds: the bound for deploying and getting healthy, and how long health has to last."""

    deploy: float
    settle: float


class StackDeployment:
    """One stack on one environment."""

    def __init__(self, stacks: PortainerStacks, docker: DockerProxy, clock: Clock, limits: Limits) -> None:
        self._stacks = stacks
        self._docker = docker
        self._clock = clock
        self._limits = limits

    def find(self, project: str, environment_id: int) -> StackRecord | None:
        """Look the record up by name and environment in the shared list."""
        return _named(self._stacks.all(), project, environment_id)

    def look(self, record: StackRecord, services: Sequence[str]) -> LiveStack:
        """Read file, env and containers."""
        deviations: tuple[str, ...]
        if record.status is StackStatus.INACTIVE:
            deviations = ("stopped in Portainer",)
        else:
            deviations = self._health(record.name, services).absent
        env = {name: decode(value) for name, value in record.env.items()}
        return LiveStack(record, self._stacks.file(record.id), env, deviations)

    def converge(self, wanted: WantedStack, failed_digest: str, *, retry: bool) -> Outcome:
        """Send only what differs, wait until it is healthy, and say how it ended; a failed deploy does not raise.

        Content that failed to deploy is not sent again until it changes or `retry`: each failing send is an outage
        on servers up to 2.39.
        """
        deadline = Deadline.after(self._clock, self._limits.deploy)
        self._docker.ping()
        record = _named(self._stacks.fresh(), wanted.project, wanted.environment_id)
        if record is not None:
            record = self._deployed(record, deadline)
        sending = self._what_to_send(wanted, record)
        if sending is None:
            return self._healthy(record, wanted, deadline, settle=0.0)
        if wanted.digest == failed_digest and not retry:
            return Outcome(record.id if record else 0, _remembered(record), failed_digest)
        try:
            record = self._sent(sending, wanted, deadline)
        except ProductError as error:
            found = _named(self._stacks.fresh(), wanted.project, wanted.environment_id)
            return Outcome(found.id if found else 0, _words(error), wanted.digest)
        self._docker.forget()
        if record.status is StackStatus.ERROR:
            return Outcome(record.id, f"its deploy failed: {record.failure or 'no reason given'}", wanted.digest)
        return self._healthy(record, wanted, deadline, settle=self._limits.settle)

    def _what_to_send(self, wanted: WantedStack, record: StackRecord | None) -> Callable[[], object] | None:
        env = {name: encode(value) for name, value in wanted.env.items()}
        if record is None:
            return lambda: self._stacks.create(wanted.project, wanted.environment_id, wanted.compose, env)
        live = self.look(record, wanted.services)
        same = live.compose == wanted.compose and dict(live.env) == dict(wanted.env)
        if same and record.status is StackStatus.INACTIVE:
            return lambda: self._stacks.start(record)
        if same and not live.deviations and record.status is not StackStatus.ERROR:
            return None
        return lambda: self._stacks.update(record, wanted.compose, env)

    def _sent(self, sending: Callable[[], object], wanted: WantedStack, deadline: Deadline) -> StackRecord:
        """Send; where the answer does not say what happened, look until it is known."""
        unclear: ProductError | None = None
        try:
            sending()
        except (AmbiguousWriteError, ConflictError) as error:
            unclear = error
        while True:
            record = _named(self._stacks.fresh(), wanted.project, wanted.environment_id)
            if record is not None:
                return self._deployed(record, deadline)
            if unclear is None or deadline.passed:
                raise unclear or ProductError("Portainer accepted the stack, but does not list it", seen=wanted.project)
            self._clock.sleep(_PAUSE_SECONDS)

    def _deployed(self, record: StackRecord, deadline: Deadline) -> StackRecord:
        """Wait until a server that deploys in the background has finished."""
        while record.status is StackStatus.DEPLOYING and not deadline.passed:
            self._clock.sleep(_PAUSE_SECONDS)
            record = self._stacks.get(record.id)
        return record

    def _healthy(
        self, record: StackRecord | None, wanted: WantedStack, deadline: Deadline, *, settle: float
    ) -> Outcome:
        stack_id = record.id if record else 0
        since = self._clock.now()
        last: Verdict | None = None
        while True:
            health = self._health(wanted.project, wanted.services)
            if health.verdict is not last:
                last, since = health.verdict, self._clock.now()
            settled = self._clock.now() - since >= settle
            if settled and health.verdict is Verdict.HEALTHY:
                return Outcome(stack_id)
            if deadline.passed or (settled and health.verdict is Verdict.FAILED):
                return Outcome(stack_id, self._unhealthy(health, wanted))
            self._clock.sleep(_PAUSE_SECONDS)
            self._docker.forget()

    def _health(self, project: str, services: Sequence[str]) -> Health:
        return judge(services, [_state(container) for container in self._docker.containers(project)])

    def _unhealthy(self, health: Health, wanted: WantedStack) -> str:
        lines = [str(reason) for reason in health.reasons]
        for container in self._docker.containers(wanted.project):
            if container.service in health.failing:
                lines += [f"  log of {container.service}: {line}" for line in self._log(container, wanted)]
        return "\n".join(lines)

    def _log(self, container: Container, wanted: WantedStack) -> Sequence[str]:
        try:
            text = self._docker.logs(container.id, _LONGEST_LOG)
        except ProductError:
            return ()
        for value in sorted(wanted.env.values(), key=len, reverse=True):
            text = text.replace(value, "[secret]") if value.strip() else text
        return text.splitlines()[-_LONGEST_LOG:]


def _named(records: Sequence[StackRecord], project: str, environment_id: int) -> StackRecord | None:
    return next((item for item in records if (item.name, item.environment_id) == (project, environment_id)), None)


def _state(container: Container) -> ContainerState:
    return ContainerState(
        service=container.service,
        name=container.id[:12],
        state=container.state,
        health=container.health,
        exit_code=container.exit_code,
        restart_count=container.restart_count,
        restart_policy=container.restart_policy,
    )


def _words(error: ProductError) -> str:
    return " ".join(part for part in (error.explanation.what, error.explanation.seen) if part)


def _remembered(record: StackRecord | None) -> str:
    reason = record.failure if record else ""
    return (
        f"this content failed to deploy before and is not sent again unchanged{': ' if reason else ''}{reason}"
        "\n  next:     change it, or pulumi config set --path 'phoenix:retry[0]' NAME@VMID"
    )
