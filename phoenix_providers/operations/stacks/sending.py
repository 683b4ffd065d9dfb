"""Sending a stack's content, once, and finding out what became of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial

from phoenix_providers.clients.portainer.records import StackRecord, StackStatus
from phoenix_providers.clients.portainer.server_state import ServerState
from phoenix_providers.clients.portainer.silence import EngineSilentError
from phoenix_providers.clients.portainer.stacks import PortainerStacks, is_deploy_failure, is_engine_away
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import AmbiguousWriteError, ConflictError, ProductError, UnreachableError
from phoenix_providers.operations.stacks.clearing import Clearing
from phoenix_providers.operations.stacks.lookup import StackLookup
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.preflight import Preflight
from phoenix_providers.operations.stacks.project_name import HeldName
from phoenix_providers.operations.stacks.sent_values import as_seen, to_send
from phoenix_providers.planning.stacks.content import StackContent

_PAUSE_SECONDS = 0.5
# Most deploys are over soon, on some servers at once; a long one need not be asked about often.
_AT_ONCE, _FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.1, 1.0
# How old a list may be, in parts of a pause, for all who wait at the same time to share it.
_SHARED = 0.8
# How often a write is looked for that the server would save at once, if it had got it.
_LOOKS = 4
# After this time it is asked whether the server works on anything at all. The answer comes behind all that waits there,
# so while others do there is more patience.
_DOUBT_SECONDS, _DOUBT_AMONG_OTHERS = 3.0, 20.0


class DeployFailedError(Exception):
    """Compose refused the content or could not bring it up; `reason` is the server's text."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class StackSender:
    """Writes for one project on one environment. Never repeats a write before it knows what the first one did.

    Attributes:
        shown_since: A list of stacks that was begun then, or later, shows what was sent last as its deploy ended.
    """

    def __init__(
        self,
        stacks: PortainerStacks,
        lookup: StackLookup,
        preflight: Preflight,
        clearing: Clearing,
        server: ServerState,
        patience: Patience,
        name: HeldName,
        clock: Clock,
        seconds: float,
    ) -> None:
        self._stacks = stacks
        self._name = name
        self._lookup = lookup
        self._preflight = preflight
        self._clearing = clearing
        self._server = server
        self._patience = patience
        self._clock = clock
        self._limit = self._seconds = seconds
        self._is_behind_others: Callable[[], bool] = _alone
        self.shown_since = 0.0

    def send(self, project: str, environment_id: int, content: StackContent, record: StackRecord | None) -> StackRecord:
        """Clear the way, create or update, and return the record of the deployed stack.

        Raises:
            DeployFailedError: The content was tried, and failed.
            ProductError: It was not tried, or nobody knows.
        """
        self._preflight.refuse_paths(project, content)
        self._clearing.clear_the_way(project, content)
        self._allow_for_stopping(project)
        with self._server.queue.joined() as is_behind_others:
            self._is_behind_others = is_behind_others
            try:
                return self._sent(project, environment_id, content, record)
            finally:
                self._is_behind_others = _alone

    def _sent(
        self, project: str, environment_id: int, content: StackContent, record: StackRecord | None
    ) -> StackRecord:
        deadline = Deadline.after(self._clock, 2 * self._seconds)
        while True:
            before = record
            write = partial(self._write, project, environment_id, content, record)
            try:
                record = self._patience.briefly(write, writes=True)
            except ConflictError as error:
                record = self._after_conflict(project, environment_id, record, error)
                continue
            except AmbiguousWriteError as error:
                record, done = self._looked_for(project, environment_id, content, before, error, deadline)
                if not done:
                    continue
            self.shown_since = self._clock.now()
            record = self._outcome(record) if record is not None else None
            if record is not None and record.status is StackStatus.ACTIVE:
                return record

    def delete(self, record: StackRecord) -> None:
        """Remove a stack that is not being deployed; after an unclear answer look, and ask again if it is there."""
        settled = self.settled(record)
        if settled is None:
            return
        record = settled
        with contextlib.suppress(ProductError):
            # Whoever does not tell it will not delete the stack either, and says why.
            self._allow_for_stopping(record.name)
        deadline = Deadline.after(self._clock, self._seconds)
        while True:
            try:
                self._stacks.delete(record, timeout=self._seconds)
            except AmbiguousWriteError:
                if deadline.passed:
                    raise
                self._clock.sleep(_PAUSE_SECONDS)
            else:
                return

    def _allow_for_stopping(self, project: str) -> None:
        """Give containers that take long to stop that time on top: what replaces or removes them waits for it."""
        self._seconds = self._limit + self._lookup.stop_seconds(project)

    def settled(self, record: StackRecord) -> StackRecord | None:
        """Wait until nothing is being deployed to a record.

        One that only says so, since its server died, comes back as stopped, so that its content is sent anew; None if
        it had to be removed for that.

        Raises:
            ConflictError: It goes on for longer than the limit.
        """
        deadline = Deadline.after(self._clock, self._seconds)
        begun = self._clock.now()
        restarts, pause = self._server.restarts, _FIRST_PAUSE
        if record.status is StackStatus.DEPLOYING and self._server.queue.may_end_at_once():
            self._clock.sleep(_AT_ONCE)
            record = self._again(record, at_most=_SHARED * _AT_ONCE)
            self._server.queue.looked_at_once(has_ended=record.status is not StackStatus.DEPLOYING)
        while record.status is StackStatus.DEPLOYING:
            if self._is_behind_others():
                deadline, begun = Deadline.after(self._clock, self._seconds), self._clock.now()
            doubt = _DOUBT_AMONG_OTHERS if self._server.queue.is_shared else _DOUBT_SECONDS
            in_doubt = self._clock.now() - begun >= doubt
            if self._server.restarts != restarts or (in_doubt and self._is_idle(record, deadline)):
                return self._freed(record)
            if deadline.passed:
                raise ConflictError(
                    f"Portainer is still deploying the stack {record.name}",
                    seen=f"status deploying for more than {self._seconds:g} s",
                    expected="an end of that deploy",
                    next_step="run again; if Portainer was restarted meanwhile, delete the stack there (volumes stay)",
                )
            self._clock.sleep(pause)
            record = self._again(record, at_most=_SHARED * pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return record

    def _is_idle(self, record: StackRecord, deadline: Deadline) -> bool:
        """Whether the server works on nothing, though the record says so.

        Two turns: whoever was waiting for its own when the first began has it before the second.
        """
        try:
            for _ in range(2):
                self._stacks.wait_for_deploy_queue(record.environment_id, max(1.0, deadline.remaining))
        except ProductError:
            return False
        return self._again(record).status is StackStatus.DEPLOYING

    def _freed(self, record: StackRecord) -> StackRecord | None:
        """End a deploy that nobody works on any more; the server refuses everything else until then.

        Its containers are not touched. A server that does not allow that has the record removed; volumes stay.
        """
        with contextlib.suppress(ProductError):
            self._stacks.associate(record, record.environment_id, running=False)
        deadline = Deadline.after(self._clock, self._seconds)
        found = self._patience.until(deadline, lambda: self._stacks.get(record.id))
        if found.status is not StackStatus.DEPLOYING:
            return found
        self._stacks.delete(found)
        return None

    def _again(self, record: StackRecord, at_most: float = 0.0) -> StackRecord:
        """Look again; several that wait at the same time share one list, which is at most so many seconds old."""
        try:
            if self._server.queue.is_shared:
                since = self._clock.now() - at_most
                found = next((item for item in self._stacks.since(since) if item.id == record.id), None)
                if found is not None:
                    self.shown_since = since
                    return found
            found = self._stacks.get(record.id)
        except (UnreachableError, AmbiguousWriteError):
            return record
        self.shown_since = self._clock.now()
        return found

    def _write(
        self, project: str, environment_id: int, content: StackContent, record: StackRecord | None
    ) -> StackRecord:
        env = to_send(content, record)
        try:
            if record is None:
                return self._stacks.create(project, environment_id, content.compose, env, timeout=self._seconds)
            return self._stacks.update(record, content.compose, env, timeout=self._seconds)
        except ProductError as error:
            seen = error.explanation.seen
            if is_deploy_failure(error):
                raise DeployFailedError(seen) from None
            if is_engine_away(seen) and not isinstance(error, UnreachableError | AmbiguousWriteError):
                raise _engine_away(seen) from None
            raise

    def _outcome(self, record: StackRecord) -> StackRecord | None:
        """Wait for the end of a deploy; not active if the server was restarted meanwhile: it has to begin anew."""
        settled = self.settled(record)
        if settled is None or settled.status is not StackStatus.ERROR:
            return settled
        if is_engine_away(settled.failure):
            raise _engine_away(settled.failure)
        raise DeployFailedError(settled.failure or "no reason given")

    def _after_conflict(
        self, project: str, environment_id: int, record: StackRecord | None, error: ConflictError
    ) -> StackRecord | None:
        """Wait until the record is free; a conflict without a record of ours is somebody else's stack."""
        found = self._lookup.find(project, environment_id, fresh=True)
        if found is None and record is None:
            if self._name.let_go(project, environment_id):
                return None
            raise ConflictError(
                f"Portainer refuses the name {project}: another stack has it",
                seen=error.explanation.seen,
                expected="a name that no stack has on this Docker engine, under whatever environment",
                next_step="on Portainer's page Stacks, remove the other one or associate it with this environment",
            )
        if found is not None and found.status is not StackStatus.DEPLOYING:
            if record is not None:
                raise error
            return found
        return self.settled(found) if found is not None else None

    def _looked_for(
        self,
        project: str,
        environment_id: int,
        content: StackContent,
        before: StackRecord | None,
        error: AmbiguousWriteError,
        deadline: Deadline,
    ) -> tuple[StackRecord | None, bool]:
        """Look until it is known whether a write was done; return the record, and whether it was."""
        looks = 0
        passed_by = False
        while not deadline.passed:
            self._clock.sleep(_PAUSE_SECONDS)
            try:
                record = self._lookup.find(project, environment_id, fresh=True)
                looks += 1
                if record is not None and record.status is StackStatus.DEPLOYING:
                    record = self.settled(record)
                if self._is_done(record, content, before):
                    return record, True
                if not passed_by and self._server.may_block:
                    self._wait_for_deploy_queue(environment_id, deadline, twice_is_harmless=before is not None)
                    passed_by = True
                    continue
            except ConflictError:
                raise
            except ProductError:
                continue
            if before is not None or record is not None or passed_by or looks >= _LOOKS:
                return record, False
        raise ProductError(
            "It is not known whether Portainer deployed the stack",
            where=error.explanation.where,
            seen=error.explanation.seen,
            expected="an answer, or the stack in Portainer's list",
            next_step="run again: it looks before it writes",
        )

    def _wait_for_deploy_queue(self, environment_id: int, deadline: Deadline, *, twice_is_harmless: bool) -> None:
        """Take a turn: a write that was still queued behind other deploys has had its own after that.

        Where none is to be had, an update may be sent again all the same; a create would make two records.
        """
        try:
            self._stacks.wait_for_deploy_queue(environment_id, max(1.0, deadline.remaining))
        except ProductError:
            if not twice_is_harmless:
                raise

    def _is_done(self, record: StackRecord | None, content: StackContent, before: StackRecord | None) -> bool:
        if record is None or (before is not None and record.stamp == before.stamp):
            return False
        if record.status is StackStatus.ERROR:
            return True
        return as_seen(record) == dict(content.env) and self._stacks.file(record.id) == content.compose


def _alone() -> bool:
    return False


def _engine_away(seen: str) -> EngineSilentError:
    return EngineSilentError(
        "Docker stopped answering while the stack was deployed",
        seen=seen,
        expected="an engine, and an agent before it, that stay up",
        next_step="start Docker, or Portainer's agent, on that machine; then run again",
    )
