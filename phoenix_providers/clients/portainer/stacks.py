"""Portainer's compose stacks."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.clients.cache import Cached
from phoenix_providers.clients.portainer.records import StackRecord
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clock import Clock
from phoenix_providers.errors import NotFoundError


class PortainerStacks:
    """List, read, create, update, start and delete stacks; the list is read once for all who ask.

    Every write names the environment that the record itself carries: with another one the server would act there.
    """

    def __init__(self, session: PortainerSession, clock: Clock, deploy_timeout: float) -> None:
        self._session = session
        self._deploy_timeout = deploy_timeout
        self._all = Cached(self._list, clock)

    def all(self) -> tuple[StackRecord, ...]:
        """Return every stack, orphans included."""
        return self._all.get()

    def fresh(self) -> tuple[StackRecord, ...]:
        """Return every stack, read now."""
        self._all.forget()
        return self._all.get()

    def get(self, stack_id: int) -> StackRecord:
        """Return one, read now."""
        return StackRecord.from_api(self._session.read(f"/api/stacks/{stack_id}").data)

    def file(self, stack_id: int) -> str:
        """Return the compose text, byte for byte as it was sent."""
        return str(self._session.read(f"/api/stacks/{stack_id}/file").data["StackFileContent"])

    def create(self, name: str, environment_id: int, compose: str, env: Mapping[str, str]) -> StackRecord:
        """Create and deploy; blocks on servers up to 2.39, answers at once (status 3) later."""
        self._all.forget()
        answer = self._session.write(
            "POST",
            "/api/stacks/create/standalone/string",
            params={"endpointId": str(environment_id)},
            json={"name": name, "stackFileContent": compose, "env": _pairs(env)},
            timeout=self._deploy_timeout,
        )
        return StackRecord.from_api(answer.data)

    def update(self, stack: StackRecord, compose: str, env: Mapping[str, str]) -> None:
        """Deploy new content; env is replaced whole. Services that left the file are removed where supported."""
        self._all.forget()
        self._session.write(
            "PUT",
            f"/api/stacks/{stack.id}",
            params={"endpointId": str(stack.environment_id)},
            json={"stackFileContent": compose, "env": _pairs(env), "prune": True},
            timeout=self._deploy_timeout,
        )

    def start(self, stack: StackRecord) -> None:
        """Start a stack that is inactive."""
        self._all.forget()
        self._session.write(
            "POST",
            f"/api/stacks/{stack.id}/start",
            params={"endpointId": str(stack.environment_id)},
            timeout=self._deploy_timeout,
        )

    def delete(self, stack: StackRecord) -> None:
        """Remove containers and record; volumes stay. "Already gone" is fine."""
        self._all.forget()
        try:
            self._session.write(
                "DELETE",
                f"/api/stacks/{stack.id}",
                params={"endpointId": str(stack.environment_id)},
                timeout=self._deploy_timeout,
            )
        except NotFoundError:
            return

    def _list(self) -> tuple[StackRecord, ...]:
        data = self._session.read("/api/stacks").data
        return tuple(StackRecord.from_api(item) for item in data or ())


def _pairs(env: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in env.items()]
