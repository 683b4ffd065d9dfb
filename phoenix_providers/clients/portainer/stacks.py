"""Portainer's compose stacks."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from phoenix_providers.clients.cache import Cached
from phoenix_providers.clients.portainer.records import StackRecord, StackStatus
from phoenix_providers.clients.portainer.seen_writes import write_until_seen
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clients.transport import Answer
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ConflictError, NotFoundError, ProductError

# What the server's Docker client says when the engine, or the agent before it, does not answer.
_ENGINE_AWAY = (
    "Bad Gateway for API route",
    "Cannot connect to the Docker daemon",
    "failed to connect to the docker API",
    "error during connect",
)
# How the names of stacks begin that only wait for their turn.
_TURN = "phoenix-sync-turn-"
_TURN_PAUSE_SECONDS, _LONGEST_TURN_PAUSE = 0.1, 1.0


class PortainerStacks:
    """List, read, create, update and delete stacks; the list is read once for all who ask.

    Every write names the environment that the record itself carries: with another one the server would act there.
    """

    def __init__(self, session: PortainerSession, clock: Clock, deploy_timeout: float) -> None:
        self._session = session
        self._deploy_timeout = deploy_timeout
        self._clock = clock
        self._all = Cached(self._list, clock)

    def all(self, at_most: float | None = None) -> tuple[StackRecord, ...]:
        """Return every stack, orphans included, from a list that is at most so many seconds old.

        What this process has written meanwhile is in it.
        """
        return self._all.get(at_most)

    def since(self, moment: float) -> tuple[StackRecord, ...]:
        """Return every stack, from a list that was begun at that time, or later."""
        return self._all.dated(moment).value

    def fresh(self) -> tuple[StackRecord, ...]:
        """Return every stack, read now."""
        return self._all.fresh()

    def get(self, stack_id: int) -> StackRecord:
        """Return one, read now; the list has it from then on, too."""
        return self._answer(lambda: self._session.read(f"/api/stacks/{stack_id}"))

    def file(self, stack_id: int) -> str:
        """Return the compose text, byte for byte as it was sent."""
        return str(self._session.read(f"/api/stacks/{stack_id}/file").data["StackFileContent"])

    def create(
        self, name: str, environment_id: int, compose: str, env: Mapping[str, str], *, timeout: float | None = None
    ) -> StackRecord:
        """Create and deploy; blocks on servers up to 2.39, answers at once (status 3) later."""
        return self._answer(
            lambda: self._session.write(
                "POST",
                "/api/stacks/create/standalone/string",
                params={"endpointId": str(environment_id)},
                json={"name": name, "stackFileContent": compose, "env": _pairs(env)},
                timeout=timeout or self._deploy_timeout,
            )
        )

    def update(
        self, stack: StackRecord, compose: str, env: Mapping[str, str], *, timeout: float | None = None
    ) -> StackRecord:
        """Deploy new content; env is replaced whole. Services that left the file are removed where supported."""
        return self._answer(
            lambda: self._session.write(
                "PUT",
                f"/api/stacks/{stack.id}",
                params={"endpointId": str(stack.environment_id)},
                json={"stackFileContent": compose, "env": _pairs(env), "prune": True},
                timeout=timeout or self._deploy_timeout,
            )
        )

    def associate(self, stack: StackRecord, environment_id: int, *, running: bool) -> None:
        """Give a stack to an environment and set its status; its containers are not touched.

        An unclear answer is settled by looking.
        """
        status = StackStatus.ACTIVE if running else StackStatus.INACTIVE

        def is_done() -> bool:
            now = self.get(stack.id)
            return (now.environment_id, now.status) == (environment_id, status)

        self._all.forget()
        params = {"endpointId": str(environment_id), "orphanedRunning": str(running).lower()}
        write_until_seen(
            lambda: self._session.write("PUT", f"/api/stacks/{stack.id}/associate", params=params),
            is_done,
            self._clock,
        )

    def wait_for_deploy_queue(self, environment_id: int, timeout: float) -> None:
        """Return when the server has finished all deploys that it was given before; nothing is deployed by it.

        Servers deploy one stack at a time. So a stack that cannot be read, under a name that nobody has, gets its
        answer behind all others. A server that deploys in the background saves a record even of that; it is removed.

        Raises:
            ProductError: The server did not get that far; nothing is known.
        """
        deadline, pause = Deadline.after(self._clock, timeout), _TURN_PAUSE_SECONDS
        for left in [item for item in self.fresh() if item.name.startswith(_TURN) and item.status is StackStatus.ERROR]:
            self.delete(left)
        try:
            text = "not a compose file: ["
            record = self.create(f"{_TURN}{secrets.token_hex(8)}", environment_id, text, {}, timeout=timeout)
        except ProductError as error:
            if not is_deploy_failure(error):
                raise
            return
        try:
            while record.status is StackStatus.DEPLOYING:
                if deadline.passed:
                    raise ProductError(
                        "Portainer is busy with other deploys",
                        seen=f"nothing else for {timeout:g} s",
                        next_step="run the same command again once they are done",
                    )
                self._clock.sleep(pause)
                pause = min(2 * pause, _LONGEST_TURN_PAUSE)
                record = self.get(record.id)
        finally:
            self.delete(record)

    def delete(self, stack: StackRecord, *, timeout: float | None = None) -> None:
        """Remove containers and record; volumes stay. "Already gone" is fine.

        Raises:
            ConflictError: Its environment is gone, so the server cannot reach its containers.
        """
        self._all.forget()
        try:
            write_until_seen(
                lambda: self._session.write(
                    "DELETE",
                    f"/api/stacks/{stack.id}",
                    params={"endpointId": str(stack.environment_id)},
                    timeout=timeout or self._deploy_timeout,
                ),
                lambda: all(record.id != stack.id for record in self.fresh()),
                self._clock,
            )
        except NotFoundError:
            if any(record.id == stack.id for record in self.fresh()):
                raise ConflictError(
                    f"The stack {stack.name} belongs to an environment that Portainer no longer has",
                    seen=f"stack {stack.id}, environment {stack.environment_id}",
                    expected="a stack whose environment exists",
                    next_step="on Portainer's page Stacks, associate the orphaned stack, or remove it; then run again",
                ) from None

    def _answer(self, ask: Callable[[], Answer]) -> StackRecord:
        """Put an answer, which is a record, into the list; after any error that is not believed any longer."""
        try:
            record = StackRecord.from_api(ask().data)
        except BaseException:
            self._all.forget()
            raise
        self._all.amend(lambda held: (*(item for item in held if item.id != record.id), record))
        return record

    def _list(self) -> tuple[StackRecord, ...]:
        data = self._session.read("/api/stacks").data
        return tuple(StackRecord.from_api(item) for item in data or ())


def is_deploy_failure(error: ProductError) -> bool:
    """Whether compose itself failed, so that the server has taken the project down; not if it was never reached."""
    seen = error.explanation.seen
    told = "failed to deploy a stack" in seen.lower() or "unable to start stack" in seen.lower()
    return told and not is_engine_away(seen)


def is_engine_away(failure: str) -> bool:
    """Whether a deploy failed since the engine did not answer, which says nothing of the content."""
    return any(sign in failure for sign in _ENGINE_AWAY)


def _pairs(env: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in env.items()]
