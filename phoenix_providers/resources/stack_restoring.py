"""Putting the last content that worked back after a deploy that failed."""

from __future__ import annotations

from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError
from phoenix_providers.planning.secrecy import scrubbed
from phoenix_providers.resources.stack_content import Content, Limits, LiveStack, Memory, WantedStack
from phoenix_providers.resources.stack_lookup import StackLookup
from phoenix_providers.resources.stack_sending import DeployFailedError, StackSender
from phoenix_providers.resources.stack_waiting import HealthWait


class Restorer:
    """On servers up to 2.39 a deploy that fails has taken the running stack down."""

    def __init__(
        self, lookup: StackLookup, sender: StackSender, health: HealthWait, clock: Clock, limits: Limits
    ) -> None:
        self._lookup = lookup
        self._sender = sender
        self._health = health
        self._clock = clock
        self._limits = limits

    def last_good(self, live: LiveStack | None, memory: Memory, wanted: WantedStack) -> Content | None:
        """Return what to put back, before anything is sent: what runs well, else what is remembered to have worked."""
        if live is None or live.deviations or live.content.same_as(wanted.content):
            return memory.last_good
        return live.content if self._health.healthy(wanted.project, live.content.services) else memory.last_good

    def put_back(self, wanted: WantedStack, good: Content | None) -> str:
        """Make the last good content run, and say how that went; one that still runs is not touched."""
        if good is None or good.same_as(wanted.content):
            return ""
        if self._health.healthy(wanted.project, good.services):
            return "the version before it still runs"
        try:
            record = self._lookup.find(wanted.project, wanted.environment_id, fresh=True)
            self._sender.send(wanted.project, wanted.environment_id, good, record)
        except DeployFailedError as error:
            return f"putting the last version that worked back failed, too: {scrubbed(error.reason, good.env.values())}"
        except ProductError as error:
            return f"putting the last version that worked back failed, too: {error.explanation.what}"
        deadline = Deadline.after(self._clock, self._limits.deploy)
        failure = self._health.failure(wanted.project, good.services, deadline, self._limits.settle, good.env.values())
        if failure:
            return f"the last version that worked was put back, but is not healthy: {failure}"
        return "the last version that worked was put back and runs"
