"""The Docker side of an environment, asked through Portainer's proxy, since Portainer's own status is late."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.clients.cache import Cached
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clock import Clock

_PROJECT_LABEL = "com.docker.compose.project"
_SERVICE_LABEL = "com.docker.compose.service"
_STREAM_HEADER_BYTES = 8


@dataclass(frozen=True)
class Container:
    """A container of a compose project.

    Attributes:
        state: Docker's word: created, running, restarting, exited, paused, dead.
        health: healthy, unhealthy, starting, or empty without a health check.
        exit_code: None while it runs.
        restart_policy: "no", "always", "unless-stopped" or "on-failure".
    """

    id: str
    project: str
    service: str
    state: str
    health: str
    exit_code: int | None
    restart_count: int
    restart_policy: str


class DockerProxy:
    """The engine of one environment. An engine that does not answer raises `UnreachableError`."""

    def __init__(self, session: PortainerSession, environment_id: int, clock: Clock) -> None:
        self._session = session
        self._base = f"/api/endpoints/{environment_id}/docker"
        self._list = Cached(self._read_list, clock, seconds=2)

    def ping(self) -> None:
        """Raise unless the engine answers."""
        self._session.read(f"{self._base}/version")

    def projects(self) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """Return the short container descriptions by compose project; one list call serves all who ask."""
        by_project: dict[str, tuple[Mapping[str, Any], ...]] = {}
        for item in self._list.get():
            project = (item.get("Labels") or {}).get(_PROJECT_LABEL, "")
            if project:
                by_project[project] = (*by_project.get(project, ()), item)
        return by_project

    def containers(self, project: str) -> tuple[Container, ...]:
        """Return the containers of one project in full; one that disappears meanwhile is left out."""
        return tuple(self._inspect(item) for item in self.projects().get(project, ()))

    def forget(self) -> None:
        """Make the next look a fresh one."""
        self._list.forget()

    def logs(self, container_id: str, lines: int = 10) -> str:
        """Return the last log lines."""
        params = {"stdout": "1", "stderr": "1", "tail": str(lines)}
        return _plain(self._session.read(f"{self._base}/containers/{container_id}/logs", params).text)

    def _read_list(self) -> tuple[Mapping[str, Any], ...]:
        filters = json.dumps({"label": [_PROJECT_LABEL]})
        data = self._session.read(f"{self._base}/containers/json", {"all": "1", "filters": filters}).data
        return tuple(data or ())

    def _inspect(self, item: Mapping[str, Any]) -> Container:
        data = self._session.read(f"{self._base}/containers/{item['Id']}/json").data
        state = data["State"]
        running = state["Status"] in {"running", "restarting", "paused"}
        labels = item.get("Labels") or {}
        return Container(
            id=str(item["Id"]),
            project=labels[_PROJECT_LABEL],
            service=labels.get(_SERVICE_LABEL, ""),
            state=state["Status"],
            health=(state.get("Health") or {}).get("Status", ""),
            exit_code=None if running else int(state.get("ExitCode", 0)),
            restart_count=int(data.get("RestartCount", 0)),
            restart_policy=((data.get("HostConfig") or {}).get("RestartPolicy") or {}).get("Name") or "no",
        )


def _plain(text: str) -> str:
    """Drop the frame headers of Docker's multiplexed log stream."""
    lines = []
    for line in text.splitlines():
        framed = len(line) >= _STREAM_HEADER_BYTES and line[:1] in "\x00\x01\x02" and line[1:4] == "\x00\x00\x00"
        lines.append(line[_STREAM_HEADER_BYTES:] if framed else line)
    return "\n".join(lines)
