"""Keys of one service that contradict each other, or say the same in two ways; judged for services that run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.specification.value_texts import fraction, size, whole
from phoenix_providers.planning.findings import Findings, nearest

_KINDS_OF_CHECK = ("CMD", "CMD-SHELL", "NONE")
# As compose hands them to the engine; what follows a colon is a number of attempts.
_RESTARTS = frozenset({"", "no", "none", "any", "always", "on-failure", "unless-stopped"})
_LIMITS = (
    ("mem_limit", "limits", "memory"),
    ("mem_reservation", "reservations", "memory"),
    ("cpus", "limits", "cpus"),
    ("pids_limit", "limits", "pids"),
)


def check_contradictions(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    """Report them."""
    for name, service in compose.services.items():
        if service.active:
            _Service(compose, name, locate, findings).check()


@dataclass(frozen=True)
class _Service:
    compose: Compose
    name: str
    locate: Callable[..., Location]
    findings: Findings

    def check(self) -> None:
        self._network()
        self._health()
        self._number()
        self._devices()
        self._restart()
        for key, part, limit in _LIMITS:
            self._limit(key, part, limit)

    @property
    def _own(self) -> ComposeNode:
        own: ComposeNode = self.compose.model["services"][self.name]
        return own

    def _network(self) -> None:
        mode, networks = self._own.get("network_mode"), self._own.get("networks")
        if mode and isinstance(networks, list | dict) and networks:
            self._error(
                f"{self.name} has `network_mode` and `networks`; compose refuses both",
                "network_mode",
                seen=f"network_mode: {mode}, and the networks {', '.join(map(str, networks))}",
                expected="one of them",
            )

    def _health(self) -> None:
        check = self._own.get("healthcheck")
        test = check.get("test") if isinstance(check, Mapping) else None
        if isinstance(test, list) and test and test[0] not in _KINDS_OF_CHECK and not self._hidden("healthcheck"):
            self._error(
                f"the healthcheck of {self.name} does not say how its command is run",
                "healthcheck",
                "test",
                seen=f"a list that begins with {test[0]}",
                expected=f"{', '.join(_KINDS_OF_CHECK)} as the first of the list, or one text, not a list",
            )

    def _number(self) -> None:
        deploy = self._own.get("deploy")
        replicas = _number(deploy.get("replicas")) if isinstance(deploy, Mapping) else None
        scale = _number(self._own.get("scale"))
        if self._hidden("scale") or self._hidden("deploy"):
            return
        if scale is not None and replicas is not None and scale != replicas:
            self._error(
                f"{self.name} says in two ways how many there are of it",
                "scale",
                seen=f"scale: {scale:g}, deploy.replicas: {replicas:g}",
                expected="one of them, or the same number",
            )
        number = scale if scale is not None else replicas
        if number is not None and number > 1 and self._own.get("container_name"):
            self._error(
                f"{self.name} has one container_name, and is wanted {number:g} times",
                "container_name",
                seen=f"container_name: {self._own['container_name']}",
                expected="no `container_name`, or the number 1",
            )

    def _devices(self) -> None:
        deploy = self._own.get("deploy")
        resources = deploy.get("resources") if isinstance(deploy, Mapping) else None
        reservations = resources.get("reservations") if isinstance(resources, Mapping) else None
        places = ((reservations, ("deploy", "resources", "reservations", "devices")), (self._own, ("gpus",)))
        for holder, path in places:
            entries = holder.get(path[-1]) if isinstance(holder, Mapping) else None
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, Mapping) and {"count", "device_ids"} <= entry.keys():
                    self._error(
                        f"{self.name} asks for devices by number and by name",
                        *path,
                        seen=f"count: {entry['count']}, device_ids: {entry['device_ids']}",
                        expected="`count` or `device_ids`",
                    )

    def _restart(self) -> None:
        restart = self._own.get("restart")
        if isinstance(restart, str) and restart.partition(":")[0] not in _RESTARTS and not self._hidden("restart"):
            self._error(
                f"the engine knows no restart policy {restart}, so {self.name} would not start",
                "restart",
                seen=restart,
                expected=nearest(restart, _RESTARTS) or 'always, unless-stopped, on-failure or "no"',
            )

    def _limit(self, key: str, part: str, limit: str) -> None:
        deploy = self._own.get("deploy")
        resources = deploy.get("resources") if isinstance(deploy, Mapping) else None
        limits = resources.get(part) if isinstance(resources, Mapping) else None
        read = size if limit == "memory" else _number
        own = read(self._own.get(key))
        if not own or not isinstance(limits, Mapping) or self._hidden(key) or self._hidden("deploy"):
            return
        # What is missing below `deploy` counts as 0 for compose, which is another value.
        if (read(limits.get(limit)) or 0) != own:
            path = f"deploy.resources.{part}.{limit}"
            self._error(
                f"`{key}` of {self.name} contradicts `{path}`",
                key,
                seen=f"{key}: {self._own[key]}, {path}: {limits.get(limit, 'missing')}",
                expected="the same in both, or one of them",
            )

    def _hidden(self, key: str) -> bool:
        start = ("services", self.name, key)
        return any(path[: len(start)] == start for path in self.compose.hidden)

    def _error(self, message: str, *steps: str, seen: str, expected: str) -> None:
        self.findings.error(message, self.locate("services", self.name, *steps), seen=seen, expected=expected)


def _number(value: object) -> float | None:
    if isinstance(value, str):
        number = whole(value)
        return fraction(value) if number is None else number
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
