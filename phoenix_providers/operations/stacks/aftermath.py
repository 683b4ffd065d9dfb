"""What becomes of a stack once it was sent, or was not: whether it is healthy, what is put back, what is remembered."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.portainer.circumstances import is_circumstance
from phoenix_providers.clients.portainer.records import StackRecord
from phoenix_providers.clients.portainer.server_state import ServerState
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError
from phoenix_providers.operations.stacks.deploy_slots import DeploySlot
from phoenix_providers.operations.stacks.limits import Limits
from phoenix_providers.operations.stacks.live_stack import LiveStack
from phoenix_providers.operations.stacks.lookup import StackLookup
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.restoring import Restorer
from phoenix_providers.operations.stacks.sending import DeployFailedError
from phoenix_providers.operations.stacks.waiting import HealthWait
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.stacks.content import StackContent, WantedStack
from phoenix_providers.planning.stacks.deploy_result import DeployResult
from phoenix_providers.planning.stacks.deploy_words import ANOTHER_TIME, NOT_AGAIN
from phoenix_providers.planning.stacks.history import StackHistory


class Aftermath:
    """How an attempt ends."""

    def __init__(
        self,
        server: ServerState,
        lookup: StackLookup,
        restorer: Restorer,
        health: HealthWait,
        docker: DockerProxy,
        patience: Patience,
        clock: Clock,
        limits: Limits,
        slot: DeploySlot,
    ) -> None:
        self._slot = slot
        self._server = server
        self._lookup = lookup
        self._restorer = restorer
        self._health = health
        self._docker = docker
        self._patience = patience
        self._clock = clock
        self._limits = limits

    def healthy(self, record: StackRecord, wanted: WantedStack, memory: StackHistory, *, settle: float) -> DeployResult:
        """Wait until it is healthy for `settle` seconds, and tell."""
        deadline = Deadline.after(self._clock, self._limits.deploy)
        content = wanted.content
        failure = self._health.failure(wanted.project, content, deadline, settle, content.env.values())
        good = memory.last_good if failure else content
        made = self._patience.until(deadline, lambda: self._lookup.made(wanted.project))
        running = self._patience.until(deadline, lambda: self._health.running(wanted.project, content.services))
        remembered = StackHistory(
            record.id,
            last_good=good,
            made=made,
            running=memory.lasting(running),
            revived=memory.revived,
            unsettled=content.digest if failure else "",
        )
        return DeployResult(record.id, failure, remembered, record.stamp)

    def kept(self, wanted: WantedStack, live: LiveStack | None, memory: StackHistory) -> DeployResult:
        """Leave failed content unsent, but make the last good one run if it does not."""
        restored = ""
        if live is None or live.deviations:
            with self._slot.turn(self._server.deploying(wanted.environment_id)):
                restored = self._restorer.put_back(wanted, memory.last_good, memory.made)
        lines = (NOT_AGAIN, memory.failed_reason, restored)
        stack_id = live.record.id if live else memory.stack_id
        return DeployResult(stack_id, "\n".join(line for line in lines if line), memory.put_back(restored))

    def failed(
        self,
        wanted: WantedStack,
        good: StackContent | None,
        made: Mapping[str, Sequence[str]],
        error: DeployFailedError,
        stack_id: int,
    ) -> DeployResult:
        """Put back the `good` content after a deploy that failed, and tell; `made` is how its containers were made."""
        self._docker.forget()
        reason = f"its deploy failed: {redact(error.reason, wanted.content.env.values()).strip()}"
        passing = is_circumstance(error.reason)
        restored = self._restorer.put_back(wanted, good, made)
        # What failed has to be remembered even if nobody can say any more what it has left.
        with contextlib.suppress(ProductError):
            deadline = Deadline.after(self._clock, self._limits.deploy)
            record, made = self._patience.until(deadline, lambda: self._left(wanted))
            stack_id = record.id if record else 0
        if passing:
            remembered, hint = StackHistory(stack_id, last_good=good, made=made), ANOTHER_TIME
        else:
            remembered, hint = StackHistory(stack_id, wanted.content.digest, reason, good, made=made), ""
        remembered = remembered.put_back(restored)
        return DeployResult(stack_id, "\n".join(filter(None, (reason, restored, hint))), remembered)

    def _left(self, wanted: WantedStack) -> tuple[StackRecord | None, Mapping[str, Sequence[str]]]:
        record = self._lookup.find(wanted.project, wanted.environment_id, fresh=True)
        return record, self._lookup.made(wanted.project)
