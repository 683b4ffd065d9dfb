"""One simulated container."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from phoenix_providers.lab.docker.behaviour import (
    CRASH_SECONDS,
    HEALTH_SECONDS_LABEL,
    STOP_SECONDS_LABEL,
    Behaviour,
    behaviour_of,
)
from phoenix_providers.lab.docker.ports import PublishedPort
from phoenix_providers.lab.docker.project import Project, Service

# How all labels begin that compose sets.
COMPOSE = "com.docker.compose."
DEFAULT_STOP_SECONDS = 10.0


@dataclass
class Container:
    """What the engine keeps of a container; times are seconds since the epoch.

    Attributes:
        status: "created", "running", "paused", "restarting" or "exited".
        health_seconds: How long a health check takes to come to its verdict; None without a check.
        stop_seconds: How long it may take to stop; None for Docker's default.
        files: Text by path, from inline configs; stays as it was when the container was made.
        bound: Path on the engine's machine by path in the container, from configs without text.
    """

    id: str
    name: str
    image: str
    command: list[str]
    environment: dict[str, str]
    labels: dict[str, str]
    ports: list[PublishedPort]
    files: dict[str, str]
    volumes: list[str]
    network: str
    behaviour: Behaviour
    restart: str
    tty: bool
    health_seconds: float | None
    created: float = field(default_factory=time.time)
    status: str = "created"
    started: float = 0.0
    finished: float = 0.0
    exit_code: int = 0
    networks: list[str] = field(default_factory=list)
    bound: dict[str, str] = field(default_factory=dict)
    stop_seconds: float | None = None

    @classmethod
    def of_service(cls, project: Project, service: Service, number: int, health_seconds: float) -> Container:
        """Make the container that compose would make."""
        return cls(
            id=secrets.token_hex(32),
            name=container_name(project, service, number),
            image=service.image,
            command=list(service.command),
            environment=dict(service.environment),
            labels={**service.labels, **_compose_labels(project, service, number)},
            ports=list(service.ports),
            files=dict(service.files),
            volumes=list(service.volumes),
            network=next(iter(service.networks or project.networks)),
            behaviour=behaviour_of(service),
            restart=service.restart,
            tty=service.tty,
            health_seconds=_health_seconds(service, health_seconds),
            networks=list(service.networks),
            bound=dict(service.bound),
            stop_seconds=service.stop_seconds,
        )

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Container:
        """Read what `as_record` wrote."""
        ports = [PublishedPort(**port) for port in record["ports"]]
        return cls(**{**record, "ports": ports, "behaviour": Behaviour(record["behaviour"])})

    def as_record(self) -> dict[str, Any]:
        """Return plain data for the state file."""
        return asdict(self)

    @property
    def project(self) -> str:
        """Compose project; empty for a container made by hand."""
        return self.labels.get(f"{COMPOSE}project", "")

    @property
    def service(self) -> str:
        """Compose service."""
        return self.labels.get(f"{COMPOSE}service", "")

    @property
    def number(self) -> int:
        """Which of the service's replicas it is."""
        return int(self.labels.get(f"{COMPOSE}container-number", "1"))

    @property
    def config_hash(self) -> str:
        """What compose compares before it recreates."""
        return self.labels.get(f"{COMPOSE}config-hash", "")

    @property
    def running(self) -> bool:
        """Whether its ports are open."""
        return self.status == "running"

    def health(self, now: float) -> str:
        """Return "none", "starting", "healthy" or "unhealthy"."""
        if self.health_seconds is None or not self.running:
            return "none" if self.health_seconds is None else "unhealthy"
        if now - self.started < self.health_seconds:
            return "starting"
        return "unhealthy" if self.behaviour is Behaviour.UNHEALTHY else "healthy"

    def restart_count(self, now: float) -> int:
        """Return how often the engine has started it again by itself."""
        if self.status == "restarting":
            return 1 + int((now - self.finished) * 5)
        looping = self.running and self.behaviour is Behaviour.CRASH_LOOP
        return int((now - self.started) / CRASH_SECONDS) if looping else 0

    def begin(self, now: float) -> None:
        """Start the process; some do not live long."""
        self.started, self.exit_code = now, 0
        self.status = {
            Behaviour.EXIT: "exited",
            Behaviour.ONE_SHOT: "exited",
            Behaviour.RESTART: "restarting",
        }.get(self.behaviour, "running")
        if self.status != "running":
            self.finished = now
            self.exit_code = 0 if self.behaviour is Behaviour.ONE_SHOT else 1

    def ends_within(self, seconds: float | None) -> bool:
        """Whether it ends by itself in that time, or else in the time that it has by itself."""
        own = DEFAULT_STOP_SECONDS if self.stop_seconds is None else self.stop_seconds
        return float(self.labels.get(STOP_SECONDS_LABEL, 0)) <= (own if seconds is None else seconds)

    def end(self, now: float, exit_code: int = 143) -> None:
        """Stop the process."""
        self.status, self.finished, self.exit_code = "exited", now, exit_code


def container_name(project: Project, service: Service, number: int) -> str:
    """Return the name that compose gives."""
    return service.container_name or f"{project.name}-{service.name}-{number}"


def image_id(image: str) -> str:
    """Return the identifier of an image; the same name is always the same image."""
    return f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"


def _health_seconds(service: Service, default: float) -> float | None:
    if not service.health_command:
        return None
    return float(service.labels.get(HEALTH_SECONDS_LABEL, default))


def _compose_labels(project: Project, service: Service, number: int) -> dict[str, str]:
    folder = project.path.rpartition("/")[0]
    return {
        f"{COMPOSE}config-hash": service.config_hash,
        f"{COMPOSE}container-number": str(number),
        f"{COMPOSE}depends_on": ",".join(f"{name}:{how}:false" for name, how in service.depends_on.items()),
        f"{COMPOSE}image": image_id(service.image),
        f"{COMPOSE}oneoff": "False",
        f"{COMPOSE}project": project.name,
        f"{COMPOSE}project.config_files": project.path,
        f"{COMPOSE}project.environment_file": f"{folder}/stack.env",
        f"{COMPOSE}project.working_dir": folder,
        f"{COMPOSE}service": service.name,
        f"{COMPOSE}version": project.compose,
    }
