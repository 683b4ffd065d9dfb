"""Putting the last content that worked back after a deploy that failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.portainer.records import StackStatus
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError
from phoenix_providers.operations.stacks.limits import Limits
from phoenix_providers.operations.stacks.live_stack import LiveStack
from phoenix_providers.operations.stacks.lookup import StackLookup
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.sending import DeployFailedError, StackSender
from phoenix_providers.operations.stacks.tidying import Tidier
from phoenix_providers.operations.stacks.waiting import HealthWait
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.stacks.content import StackContent, WantedStack
from phoenix_providers.planning.stacks.history import StackHistory


class Restorer:
    """On servers up to 2.39 a deploy that fails has taken the running stack down."""

    def __init__(
        self,
        lookup: StackLookup,
        sender: StackSender,
        health: HealthWait,
        docker: DockerProxy,
        patience: Patience,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._lookup = lookup
        self._docker = docker
        self._patience = patience
        self._tidier = Tidier(docker)
        self._sender = sender
        self._health = health
        self._clock = clock
        self._limits = limits

    def before(
        self, live: LiveStack | None, memory: StackHistory, wanted: WantedStack
    ) -> tuple[StackContent | None, Mapping[str, Sequence[str]]]:
        """Return, before anything is sent, what to put back, and from which configurations its containers were made.

        Those of something else that runs now say nothing of it.
        """
        good = self._last_good(live, memory, wanted)
        other = live is not None and good is not None and not live.content.same_as(good)
        return good, {} if other else self._lookup.made(wanted.project)

    def _last_good(self, live: LiveStack | None, memory: StackHistory, wanted: WantedStack) -> StackContent | None:
        """Return what runs well, else what is remembered to have worked.

        Where nothing is remembered it is what runs of it, however badly: a failed deploy must not leave less. What did
        not settle looks well between two crashes.
        """
        if live is None or live.content.same_as(wanted.content):
            return memory.last_good
        unsettled = live.content.digest == memory.unsettled
        if not unsettled and not live.deviations and self._health.healthy(wanted.project, live.content):
            return live.content
        if memory.last_good is not None or live.record.status is StackStatus.INACTIVE:
            return memory.last_good
        running = self._health.running(wanted.project, live.content.services)
        return replace(live.content, services=running) if running else None

    def put_back(self, wanted: WantedStack, good: StackContent | None, made: Mapping[str, Sequence[str]]) -> str:
        """Make the last good content run, and say how that went; one that still runs is not touched.

        Args:
            wanted: What is declared.
            good: What to put back.
            made: From which configurations its containers were made before; a container of the same name that was made
                from another one is a part of what failed.
        """
        if good is None or good.same_as(wanted.content):
            return ""
        patience, deadline = self._patience, Deadline.after(self._clock, self._limits.deploy)
        try:
            if patience.until(deadline, lambda: self._still_runs(wanted.project, good, made)):
                return "the version before it still runs"
            record = patience.until(
                deadline, lambda: self._lookup.find(wanted.project, wanted.environment_id, fresh=True)
            )
            sent = self._sender.send(wanted.project, wanted.environment_id, good, record)
            self._docker.forget()
            live = patience.until(deadline, lambda: self._lookup.look(sent, good, good.compose))
            untidy = self._tidier.tidy(live)
        except DeployFailedError as error:
            return f"putting the last version that worked back failed, too: {redact(error.reason, good.env.values())}"
        except ProductError as error:
            return f"putting the last version that worked back failed, too: {error.explanation.what}"
        deadline, settle = Deadline.after(self._clock, self._limits.deploy), self._limits.settle
        try:
            failure = self._health.failure(wanted.project, good, deadline, settle, good.env.values())
        except ProductError as error:
            # Whoever gets this remembers what failed; that must not be lost.
            failure = f"{error.explanation.what} ({error.explanation.seen})"
        if failure:
            told = f"the last version that worked was put back, but is not healthy: {failure}"
        else:
            told = "the last version that worked was put back and runs"
        return "\n".join(filter(None, (told, untidy)))

    def _still_runs(self, project: str, good: StackContent, made: Mapping[str, Sequence[str]]) -> bool:
        now = self._lookup.made(project)
        unchanged = all(list(now.get(service, ())) == list(made.get(service, ())) for service in good.services)
        return unchanged and self._health.healthy(project, good)
