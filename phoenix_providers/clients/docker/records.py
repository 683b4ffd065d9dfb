"""What Docker says of containers, as far as it matters here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from phoenix_providers.clients.json_record import JsonRecord

_COMPOSE = "com.docker.compose."
_STREAM_HEADER_BYTES = 8
_STREAMS = frozenset({0, 1, 2})
_HEALTH = re.compile(r"\((?:health: )?(healthy|unhealthy|starting)\)")
# "Up 4 seconds", "Up Less than a second"; minutes and more are told in other words, and rounded.
_UP_SECONDS = re.compile(r"Up (?:(\d+) seconds?|(Less than a second))\b")
_UP_LONGER = re.compile(r"Up (?:About )?(?:an?|\d+) (?:minute|hour|day|week|month|year)s?\b")
_MINUTE = 60.0


@dataclass(frozen=True)
class HeldPort:
    """A port of the machine that a running container holds; `address` is empty or 0.0.0.0 for all."""

    number: int
    protocol: str
    address: str


@dataclass(frozen=True)
class DockerContainer:
    """A container of a compose project.

    Attributes:
        state: Docker's word: created, running, restarting, exited, paused, dead.
        health: healthy, unhealthy, starting, or empty without a health check.
        exit_code: None while it runs; that of the last time while it is restarted.
        restart_policy: "no", "always", "unless-stopped" or "on-failure"; "" where it does not matter.
        ran_seconds: How long it ran, the last time; 0 while it runs.
        ended: When it ended, as Docker writes a moment; empty while it runs.
    """

    id: str
    name: str
    project: str
    service: str
    state: str
    health: str
    exit_code: int | None
    restart_count: int
    restart_policy: str
    ran_seconds: float = 0.0
    ended: str = ""

    @classmethod
    def from_inspection(cls, item: ListedContainer, data: JsonRecord) -> DockerContainer:
        """Read the full description of a listed container."""
        state = data["State"]
        running = state["Status"] in {"running", "paused"}
        return cls(
            id=item.id,
            name=item.name,
            project=item.project,
            service=item.service,
            state=state["Status"],
            health=_known_health((state.get("Health") or {}).get("Status", "")),
            exit_code=None if running else int(state.get("ExitCode", 0)),
            restart_count=int(data.get("RestartCount", 0)),
            restart_policy=((data.get("HostConfig") or {}).get("RestartPolicy") or {}).get("Name") or "no",
            ran_seconds=0.0 if running else _between(state.get("StartedAt"), state.get("FinishedAt")),
            ended="" if running else str(state.get("FinishedAt") or ""),
        )


@dataclass(frozen=True)
class ListedContainer:
    """A container as the list shows it, of whatever origin.

    Attributes:
        project: Compose project; empty for a container made by hand.
        one_off: Made by `compose run`; belongs to nobody's desired state.
        config_files: Where its compose file lay when it was made.
        status: Docker's words, such as "Up 4 seconds (unhealthy)".
        config_hash: That of the configuration from which compose made it.
        image: Name of the image as it was asked for, or its identifier if the name leads to another one by now.
        made_from: Identifier of the image from which compose made it.
        networks: Identifiers of the networks that it is on.
        compose: Version of the compose that made it, such as "2.29.2".
    """

    id: str
    name: str
    project: str
    service: str
    one_off: bool
    config_files: str
    state: str
    status: str
    ports: tuple[HeldPort, ...]
    config_hash: str = ""
    made_from: str = ""
    networks: frozenset[str] = frozenset()
    compose: str = ""
    image: str = ""

    @classmethod
    def from_api(cls, data: JsonRecord) -> ListedContainer:
        """Read one entry of the list."""
        labels = data.get("Labels") or {}
        networks = (data.get("NetworkSettings") or {}).get("Networks") or {}
        return cls(
            id=str(data["Id"]),
            name=str((data.get("Names") or [""])[0]).removeprefix("/"),
            project=str(labels.get(f"{_COMPOSE}project", "")),
            service=str(labels.get(f"{_COMPOSE}service", "")),
            one_off=str(labels.get(f"{_COMPOSE}oneoff", "")).lower() == "true",
            config_files=str(labels.get(f"{_COMPOSE}project.config_files", "")),
            state=str(data.get("State", "")),
            status=str(data.get("Status", "")),
            ports=tuple(
                HeldPort(int(port["PublicPort"]), str(port.get("Type", "tcp")), str(port.get("IP", "")))
                for port in data.get("Ports") or ()
                if port.get("PublicPort")
            ),
            config_hash=str(labels.get(f"{_COMPOSE}config-hash", "")),
            made_from=str(labels.get(f"{_COMPOSE}image", "")),
            networks=frozenset(str((entry or {}).get("NetworkID") or "") for entry in networks.values()) - {""},
            compose=str(labels.get(f"{_COMPOSE}version", "")),
            image=str(data.get("Image") or ""),
        )

    @property
    def up_seconds(self) -> float | None:
        """How long it has surely been running since its last start, at least; None if that is not told."""
        if found := _UP_SECONDS.match(self.status):
            return float(found[1] or 0)
        return _MINUTE if _UP_LONGER.match(self.status) else None

    def running(self) -> DockerContainer:
        """Return it as a running container, with the health that its status names."""
        found = _HEALTH.search(self.status)
        health = found[1] if found else ""
        return DockerContainer(self.id, self.name, self.project, self.service, self.state, health, None, 0, "")


@dataclass(frozen=True)
class ComposeObject:
    """A network or volume, with what compose left on it; `key` is its name in the compose file."""

    id: str
    name: str
    project: str
    key: str
    config_hash: str

    @classmethod
    def from_api(cls, data: JsonRecord, kind: str) -> ComposeObject:
        """Read one entry of the list; `kind` is "network" or "volume"."""
        labels = data.get("Labels") or {}
        return cls(
            id=str(data.get("Id") or ""),
            name=str(data["Name"]),
            project=str(labels.get(f"{_COMPOSE}project", "")),
            key=str(labels.get(f"{_COMPOSE}{kind}", "")),
            config_hash=str(labels.get(f"{_COMPOSE}config-hash", "")),
        )


# Operating system commands, other escape sequences, control characters; but tabs and line ends stay.
_STEERING = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)


def plain_log(content: bytes) -> str:
    """Return the text of a log, without what would steer the reader's terminal.

    That of a container without a terminal comes in frames, with a header before each.
    """
    parts: list[bytes] = []
    rest = content
    while len(rest) >= _STREAM_HEADER_BYTES and rest[0] in _STREAMS and rest[1:4] == bytes(3):
        end = _STREAM_HEADER_BYTES + int.from_bytes(rest[4:_STREAM_HEADER_BYTES])
        parts.append(rest[_STREAM_HEADER_BYTES:end])
        rest = rest[end:]
    return _STEERING.sub("", b"".join([*parts, rest]).decode(errors="replace"))


def pull_failure(stream: str) -> str:
    """Return why a pull failed, from its stream of JSON lines, whose status is 200 all the same; else ""."""
    for line in stream.splitlines():
        try:
            step = json.loads(line)
        except ValueError:
            continue
        if isinstance(step, dict) and step.get("error"):
            return str(step["error"])
    return ""


def _between(start: object, end: object) -> float:
    try:
        return (datetime.fromisoformat(str(end)) - datetime.fromisoformat(str(start))).total_seconds()
    except (ValueError, TypeError):
        return 0.0


def _known_health(word: str) -> str:
    return "" if word == "none" else word
