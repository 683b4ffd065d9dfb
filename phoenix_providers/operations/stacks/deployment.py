"""Bringing one stack at Portainer to its declared state: look, judge, send, wait, and put back what worked."""

from __future__ import annotations

from dataclasses import replace

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.portainer.environments import PortainerEnvironments
from phoenix_providers.clients.portainer.records import StackRecord
from phoenix_providers.clients.portainer.server_state import ServerState
from phoenix_providers.clients.portainer.stacks import PortainerStacks
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError
from phoenix_providers.operations.stacks.aftermath import Aftermath
from phoenix_providers.operations.stacks.clearing import Clearing
from phoenix_providers.operations.stacks.deploy_slots import DeploySlot
from phoenix_providers.operations.stacks.image_fetching import ImageFetching
from phoenix_providers.operations.stacks.leaving.making_room import MakingRoom
from phoenix_providers.operations.stacks.leaving.stack_room import StackRoom
from phoenix_providers.operations.stacks.limits import Limits
from phoenix_providers.operations.stacks.live_stack import LiveStack
from phoenix_providers.operations.stacks.lookup import RECENT_SECONDS, StackLookup
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.preflight import Preflight
from phoenix_providers.operations.stacks.project_name import HeldName
from phoenix_providers.operations.stacks.restoring import Restorer
from phoenix_providers.operations.stacks.sending import DeployFailedError, StackSender
from phoenix_providers.operations.stacks.tidying import Tidier
from phoenix_providers.operations.stacks.waiting import HealthWait
from phoenix_providers.planning.stacks.content import StackContent, WantedStack
from phoenix_providers.planning.stacks.deploy_result import DeployResult
from phoenix_providers.planning.stacks.deploy_words import no_room, not_sent
from phoenix_providers.planning.stacks.history import StackHistory


class StackDeployment:
    """One stack on one environment."""

    def __init__(
        self,
        server: ServerState,
        stacks: PortainerStacks,
        environments: PortainerEnvironments,
        docker: DockerProxy,
        clock: Clock,
        limits: Limits,
        room: MakingRoom,
        slot: DeploySlot,
    ) -> None:
        self._slot = slot
        self._server = server
        self._stacks = stacks
        self._docker = docker
        self._clock = clock
        self._limits = limits
        self._room = room
        self._lookup = StackLookup(stacks, environments, docker)
        self._patience = Patience(server, clock)
        self._health = HealthWait(docker, clock, self._patience)
        self._preflight = Preflight(stacks, docker, server)
        self._images = ImageFetching(docker, limits.deploy)
        name = HeldName(stacks, environments, docker)
        self._sender = StackSender(
            stacks, self._lookup, self._preflight, Clearing(docker), server, self._patience, name, clock, limits.deploy
        )
        self._restorer = Restorer(self._lookup, self._sender, self._health, docker, self._patience, clock, limits)
        self._aftermath = Aftermath(
            server, self._lookup, self._restorer, self._health, docker, self._patience, clock, limits, slot
        )
        self._tidier = Tidier(docker)
        self._rooms = StackRoom(
            room, self._lookup, self._preflight, self._sender, docker, self._patience, clock, limits.deploy
        )

    def find(self, project: str, environment_id: int) -> StackRecord | None:
        """Look the record up by name and environment in the shared list."""
        return self._lookup.find(project, environment_id)

    def has_record(self, project: str, stack_id: int) -> bool:
        """Whether Portainer has this record of this name, on whatever environment."""
        return self._lookup.has_record(project, stack_id)

    def look(
        self,
        record: StackRecord,
        wanted: StackContent,
        known_file: str | None = None,
        memory: StackHistory | None = None,
    ) -> LiveStack:
        """Read file, env and containers."""
        return self._lookup.look(record, wanted, known_file, memory)

    def converge(
        self, wanted: WantedStack, memory: StackHistory, *, retry: bool = False, take_over: bool = False
    ) -> DeployResult:
        """Send only what differs, wait until it is healthy, and say how it ended; a failed deploy does not raise.

        Content that failed to deploy is not sent again until it changes or `retry`: each failing send is an outage
        on servers up to 2.39.
        """
        with self._slot:
            return self._converged(wanted, memory, retry=retry, take_over=take_over)

    def _converged(self, wanted: WantedStack, memory: StackHistory, *, retry: bool, take_over: bool) -> DeployResult:
        record, live = self._patience.briefly(lambda: self._found(wanted, memory))
        try:
            outcome = self._attempted(wanted, record, live, memory, retry=retry, take_over=take_over)
        except ProductError as error:
            if not self._room.removed:
                raise
            stack_id = record.id if record else 0
            outcome = DeployResult(stack_id, f"{error.label}: {error.explanation.text()}", memory)
        begun = record is not None and not memory.stack_id and memory.last_good is None
        if outcome.failure and self._room.leaving:
            # Whoever was cut off behind a create has a record that the state does not know.
            self._rooms.find_missing(wanted.environment_id, may_return=begun)
        if begun and any(one.was_cut_off and one.content for one in self._room.removed):
            record = None
        is_vain = bool(outcome.failure) and bool(self._room.removed or (record is None and self._room.is_restored))
        return self._given_back(wanted, record, memory, outcome) if is_vain else outcome

    def _attempted(
        self,
        wanted: WantedStack,
        record: StackRecord | None,
        live: LiveStack | None,
        memory: StackHistory,
        *,
        retry: bool,
        take_over: bool,
    ) -> DeployResult:
        if live is not None and not live.differs(wanted.content):
            untidy = self._tidier.tidy(live)
            proven = memory.proves(wanted.content) and not live.broken
            settle = 0.0 if proven else self._limits.settle
            self._slot.leave()
            return replace(self._aftermath.healthy(live.record, wanted, memory, settle=settle), untidy=untidy)
        if wanted.content.digest == memory.failed_digest and not retry:
            return self._aftermath.kept(wanted, live, memory)
        stack_id = record.id if record else 0
        if reasons := self._preflight.faults(wanted):
            return DeployResult(stack_id, not_sent(reasons), memory)
        if reasons := self._patience.briefly(lambda: self._preflight.missing_externals(wanted)):
            return DeployResult(stack_id, not_sent(reasons), memory)
        digest = wanted.content.digest
        recorded = memory.unpulled[1] if memory.unpulled[0] == digest and not retry else ""
        if reasons := self._patience.briefly(lambda: self._images.fetch(wanted.compose, recorded)):
            return DeployResult(stack_id, not_sent(reasons), replace(memory, unpulled=(digest, "\n".join(reasons))))
        leaving = self._leaving_holders(wanted)
        if leaving and (
            content_problems := self._patience.briefly(
                lambda: self._room.content_problems(leaving, self._limits.deploy)
            )
        ):
            return DeployResult(stack_id, no_room(leaving, content_problems), memory)
        return self._brought_up(wanted, record, live, memory, take_over=take_over)

    def _brought_up(
        self,
        wanted: WantedStack,
        record: StackRecord | None,
        live: LiveStack | None,
        memory: StackHistory,
        *,
        take_over: bool,
    ) -> DeployResult:
        """Send it and wait until it is healthy; what leaves and is in its way goes first."""
        stack_id = record.id if record else 0
        with self._slot.turn(self._server.deploying(wanted.environment_id)):
            leaving = self._leaving_holders(wanted)
            reasons = self._patience.briefly(
                lambda: self._preflight.conflicts(wanted, record, leaving, take_over=take_over)
            )
            if reasons:
                return DeployResult(stack_id, not_sent(reasons), memory)
            # What waited here may have been put back for it meanwhile.
            if (
                leaving
                and self._room.in_vain
                and (content_problems := self._room.content_problems(leaving, self._limits.deploy))
            ):
                return DeployResult(stack_id, no_room(leaving, content_problems), memory)
            for project in leaving:
                self._rooms.make(project, wanted.environment_id)
            good, made = self._patience.briefly(lambda: self._restorer.before(live, memory, wanted))
            try:
                sent = self._sender.send(wanted.project, wanted.environment_id, wanted.content, record)
            except DeployFailedError as error:
                return self._aftermath.failed(wanted, good, made, error, stack_id)
            # Whoever comes next has to see what this one took.
            self._docker.forget()
        self._slot.leave()
        outcome = self._aftermath.healthy(sent, wanted, _brought_back(live, memory, wanted), settle=self._limits.settle)
        deadline = Deadline.after(self._clock, self._limits.deploy)
        sent = self._patience.until(deadline, lambda: self._lookup.listed(sent, self._sender.shown_since))
        outcome = replace(outcome, stamp=sent.stamp)
        live = self._patience.until(deadline, lambda: self._lookup.look(sent, wanted.content, wanted.content.compose))
        return replace(outcome, untidy=self._tidier.tidy(live))

    def _leaving_holders(self, wanted: WantedStack) -> tuple[str, ...]:
        """Return the projects that leave in this run and hold what this one needs."""
        leaving = self._room.leaving
        holders = self._patience.briefly(lambda: self._preflight.holders(wanted)) if leaving else ()
        return tuple(project for project in holders if project in leaving)

    def _given_back(
        self,
        wanted: WantedStack,
        record: StackRecord | None,
        memory: StackHistory,
        outcome: DeployResult,
    ) -> DeployResult:
        """Put back what made room in vain; unhealthy content is not tried again unchanged, since others pay for it.

        It stays gone for as long as others hold what it needs that run, or may run yet: the last one to fail puts it
        back.
        """
        is_unhealthy, new = bool(outcome.stamp), record is None
        with self._slot.turn(self._server.deploying(wanted.environment_id)):
            again = is_unhealthy and not new
            restored = self._restorer.put_back(wanted, memory.last_good, memory.made) if again else ""
            back, is_in_vain = self._rooms.give_back(wanted, new=new)
        remembered, stack_id = outcome.memory, 0 if new and is_in_vain else outcome.stack_id
        if is_unhealthy and is_in_vain:
            remembered = replace(remembered, failed_digest=wanted.content.digest, failed_reason=outcome.failure)
            remembered = remembered.put_back(restored)
        failure = "\n".join(filter(None, (outcome.failure, restored, back)))
        return replace(outcome, stack_id=stack_id, failure=failure, memory=replace(remembered, stack_id=stack_id))

    def remove(self, project: str, environment_id: int, stack_id: int, environment: str) -> bool:
        """Delete the stack, once its deploy has ended; its volumes stay. Return whether Portainer knew of it."""
        records = self._lookup.owned(project, environment_id, stack_id)
        for record in records:
            self._sender.delete(self._lookup.reattached(record, environment))
        return bool(records)

    def _found(self, wanted: WantedStack, memory: StackHistory) -> tuple[StackRecord | None, LiveStack | None]:
        """Return the stack's record, once nothing is being deployed to it, and how it is."""
        self._docker.ping()
        record = self._lookup.claimed(wanted, memory.stack_id)
        if record is not None:
            record = self._sender.settled(record)
        if record is not None:
            self._docker.everything(at_most=RECENT_SECONDS)
        return record, self._lookup.look(record, wanted.content, memory=memory) if record is not None else None


def _brought_back(live: LiveStack | None, memory: StackHistory, wanted: WantedStack) -> StackHistory:
    """Return the memory after a deploy that brought back what had ended."""
    same = live is not None and live.content.same_as(wanted.content)
    return memory.brought_back(same=same, ended=live.ended if live else ())
