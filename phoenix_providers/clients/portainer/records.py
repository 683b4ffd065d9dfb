"""What Portainer keeps, as far as it matters here. Keys are read case-blind: servers differ in their spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from phoenix_providers.clients.json_record import JsonRecord

_COMPOSE = 2


class StackStatus(IntEnum):
    """The result of the last action, not live state; 3 and 4 exist on asynchronous servers only."""

    ACTIVE = 1
    INACTIVE = 2
    DEPLOYING = 3
    ERROR = 4

    @classmethod
    def _missing_(cls, value: object) -> StackStatus:
        """Take what only newer servers say for active: then the containers alone tell how the stack is."""
        return cls.ACTIVE


@dataclass(frozen=True)
class Environment:
    """A Portainer environment ("endpoint" in its API); `kind` 1 is a Docker socket, 2 an agent."""

    id: int
    name: str
    url: str
    kind: int

    @classmethod
    def from_api(cls, data: JsonRecord) -> Environment:
        """Read one object of the API."""
        low = _lowered(data)
        return cls(int(low["id"]), str(low["name"]), str(low.get("url", "")), int(low.get("type", 0)))


@dataclass(frozen=True)
class Registry:
    """A registry of images; its password is never read.

    Attributes:
        host: Its address without scheme, as it begins the names of images.
        user: Who signs in; empty without a sign-in.
        accesses: Numbers of the environments for which Portainer keeps who beside administrators may use it; not every
            list shows them.
    """

    id: int
    name: str
    host: str
    user: str
    accesses: frozenset[int]

    @classmethod
    def from_api(cls, data: JsonRecord) -> Registry:
        """Read one object of the API."""
        low = _lowered(data)
        host = str(low.get("url", "")).partition("://")[2] or str(low.get("url", ""))
        user = str(low.get("username", "")) if low.get("authentication") else ""
        accesses = frozenset(int(number) for number in low.get("registryaccesses") or ())
        return cls(int(low["id"]), str(low["name"]), host.rstrip("/"), user, accesses)


@dataclass(frozen=True)
class StackRecord:
    """A stack.

    Attributes:
        env: Values as they were sent (encoded for the server's dotenv parser).
        stamp: When it was made and last written; a stack's file is read again only if this changed.
        failure: The server's last word on a deploy that failed; empty otherwise.
        kind: 1 is a Docker Swarm stack, 2 compose, 3 Kubernetes.
        from_git: Portainer takes its file from a repository; an update would cut it loose from there.
    """

    id: int
    name: str
    environment_id: int
    status: StackStatus
    env: Mapping[str, str]
    failure: str
    stamp: str = ""
    kind: int = _COMPOSE
    from_git: bool = False

    @property
    def is_compose(self) -> bool:
        """Whether it is of the one kind that can be ours."""
        return self.kind == _COMPOSE

    @classmethod
    def from_api(cls, data: JsonRecord) -> StackRecord:
        """Read one object of the API."""
        low = _lowered(data)
        env = {str(_lowered(entry)["name"]): str(_lowered(entry)["value"]) for entry in low.get("env") or ()}
        log = [_lowered(entry) for entry in low.get("deploymentstatus") or ()]
        status = StackStatus(int(low.get("status", 1)))
        failure = str(log[-1].get("message", "")) if log and status is StackStatus.ERROR else ""
        stamp = f"{low.get('creationdate', 0)}/{low.get('updatedate', 0)}"
        return cls(
            id=int(low["id"]),
            name=str(low["name"]),
            environment_id=int(low["endpointid"]),
            status=status,
            env=env,
            failure=failure,
            stamp=stamp,
            kind=int(low.get("type", _COMPOSE)),
            # Newer servers keep the repository elsewhere, and refer to it.
            from_git=bool(low.get("gitconfig") or low.get("workflowid")),
        )


def _lowered(data: JsonRecord) -> dict[str, Any]:
    return {key.lower(): value for key, value in data.items()}
