"""Judging a stack by its containers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

# A container may be restarted once or twice while what it needs comes up.
_MOST_RESTARTS = 2
_KEEPS_RUNNING = {"always", "unless-stopped"}
# Ended by SIGKILL or SIGTERM, as `docker stop` and `docker kill` do; no program ends itself like that.
_ENDED_BY_OTHERS = {137, 143}
_COMPLETED = "service_completed_successfully"
# What Docker says of a container that was not there any more when it came up: the machine went off.
_LOST = 255


class HealthStatus(StrEnum):
    """How a stack is, in the words of the field; a stack that is watched is one of the first three."""

    HEALTHY = "Healthy"
    PROGRESSING = "Progressing"
    DEGRADED = "Degraded"
    MISSING = "Missing"
    UNKNOWN = "Unknown"


@dataclass(frozen=True)
class ContainerState:
    """What Docker says of one container; words as in its API.

    Attributes:
        health: Empty without a health check.
        exit_code: None while it runs.
    """

    service: str
    name: str
    state: str
    health: str = ""
    exit_code: int | None = None
    restart_count: int = 0
    restart_policy: str = "no"


@dataclass(frozen=True)
class Lifetime:
    """How long a service lives.

    Attributes:
        serves: It has ports, routes or a health check, so it is not meant to end.
        ends: Another service waits for its end.
        copies: How many containers it has.
        ran: It ran on after its deploy.
    """

    serves: bool = False
    ends: bool = False
    copies: int = 1
    ran: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether its end is none that was meant."""
        return not self.ends and (self.serves or self.ran)


@dataclass(frozen=True)
class Reason:
    """Why a service is not healthy."""

    service: str
    status: HealthStatus
    text: str

    def __str__(self) -> str:
        """Return service and reason in one line."""
        return f"{self.service}: {self.text}"


@dataclass(frozen=True)
class Health:
    """The judgement.

    Attributes:
        reasons: One for each service that is not healthy, in the services' order.
        absent: In words, what a new deploy would bring back: containers that are missing, were never started, or
            were stopped by hand.
        broken: In words, what fails by itself; a new deploy would not mend it.
        ended: Services that ended well and of which only their past says that they should not have.
    """

    status: HealthStatus
    reasons: tuple[Reason, ...] = ()
    absent: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


def judge(services: Collection[str] | Mapping[str, Lifetime], containers: Sequence[ContainerState]) -> Health:
    """Judge a stack that should run these services.

    A service that ended with 0 and is not to be restarted has done its work, unless its lifetime says that it goes on:
    somebody stopped it, or the engine was started anew. Containers of other services (left over from an earlier file)
    are not judged.
    """
    lives = services if isinstance(services, Mapping) else {}
    reasons: list[Reason] = []
    absent: list[str] = []
    broken: list[str] = []
    ended: list[str] = []
    for service in services:
        life = lives.get(service, Lifetime())
        own = [container for container in containers if container.service == service]
        if own and len(own) < life.copies:
            text = f"has {len(own)} of {life.copies} containers"
            reasons.append(Reason(service, HealthStatus.PROGRESSING, text))
            absent.append(f"{service} {text}")
        if not own and life.copies:
            reasons.append(Reason(service, HealthStatus.PROGRESSING, "has no container"))
            absent.append(f"{service} has no container")
        for container in own:
            if (reason := _reason(container, life)) is not None:
                reasons.append(reason)
            if _was_stopped(container, life):
                if _ended_well(container) and not life.serves:
                    ended.append(service)
                absent.append(f"{service} is {container.state}")
            elif reason is not None and reason.status is HealthStatus.DEGRADED:
                broken.append(str(reason))
    statuses = {reason.status for reason in reasons}
    worst = next(
        (status for status in (HealthStatus.DEGRADED, HealthStatus.PROGRESSING) if status in statuses),
        HealthStatus.HEALTHY,
    )
    return Health(worst, tuple(reasons), tuple(absent), tuple(broken), tuple(ended))


def _ended_well(container: ContainerState) -> bool:
    return (container.state, container.exit_code) == ("exited", 0) and container.restart_policy not in _KEEPS_RUNNING


def _was_stopped(container: ContainerState, life: Lifetime) -> bool:
    if container.state in {"created", "paused"}:
        return True
    if container.state not in {"exited", "dead"}:
        return False
    if life.goes_on and container.exit_code in {0, _LOST}:
        return True
    return container.restart_policy in _KEEPS_RUNNING or container.exit_code in _ENDED_BY_OTHERS


def _reason(container: ContainerState, life: Lifetime) -> Reason | None:
    """Return why the container is not healthy; None when it is, or when it has done its work."""
    if container.state == "running":
        return _running(container)
    if _ended_well(container):
        if not life.goes_on:
            return None
        text = f"{container.name} has ended, though it should go on"
        if life.serves:
            text += " (what ends by itself has no ports, no routes and no health check, or another service that waits"
            text += f" for its end with `condition: {_COMPLETED}`)"
        return Reason(container.service, HealthStatus.DEGRADED, text)
    if container.state in {"created", "removing"}:
        return Reason(container.service, HealthStatus.PROGRESSING, f"{container.name} is {container.state}")
    restarting = container.state == "restarting"
    early = restarting and container.restart_count <= _MOST_RESTARTS
    text = f"{container.name} is {container.state}"
    if container.exit_code is not None:
        text += f", exit code {container.exit_code}"
    if restarting:
        text += f", restarted {container.restart_count} times"
    return Reason(container.service, HealthStatus.PROGRESSING if early else HealthStatus.DEGRADED, text)


def _running(container: ContainerState) -> Reason | None:
    if container.health == "unhealthy":
        return Reason(container.service, HealthStatus.DEGRADED, f"{container.name} is running, but unhealthy")
    if container.health == "starting":
        text = f"{container.name} is running, its health check has not passed yet"
        return Reason(container.service, HealthStatus.PROGRESSING, text)
    return None
