"""Taking away what leaves and holds what a stack needs, and putting it back if the stack does not run after all."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError
from phoenix_providers.operations.stacks.leaving.making_room import MakingRoom
from phoenix_providers.operations.stacks.leaving.unrecorded import remove_containers
from phoenix_providers.operations.stacks.lookup import StackLookup
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.preflight import Preflight
from phoenix_providers.operations.stacks.sending import DeployFailedError, StackSender
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.stacks.content import StackContent, WantedStack
from phoenix_providers.planning.stacks.leaving.removed import Removed

_UNREAD = StackContent("", {}, ())


class StackRoom:
    """Room on one environment."""

    def __init__(
        self,
        room: MakingRoom,
        lookup: StackLookup,
        preflight: Preflight,
        sender: StackSender,
        docker: DockerProxy,
        patience: Patience,
        clock: Clock,
        seconds: float,
    ) -> None:
        self._room = room
        self._lookup = lookup
        self._preflight = preflight
        self._sender = sender
        self._docker = docker
        self._patience = patience
        self._clock = clock
        self._seconds = seconds

    def make(self, project: str, environment_id: int) -> None:
        """Withdraw the routes of a project that leaves, and remove it; what is gone then is noted.

        Of one that Portainer has forgotten, the containers are removed.

        Raises:
            ProductError: Its content cannot be read, or its routes cannot be withdrawn: then it stays.
        """
        records = self._patience.briefly(lambda: self._lookup.owned(project, environment_id, 0))
        found = [self._patience.briefly(partial(self._lookup.look, one, _UNREAD)).content for one in records]
        if not self._room.withdraw(project):
            return
        for content in found:
            self._room.gone(Removed(project, content))
        for record in records:
            self._sender.delete(record)
        if not records and remove_containers(self._docker, project):
            self._room.gone(Removed(project, None))
        self._docker.forget()

    def find_missing(self, environment_id: int, *, may_return: bool) -> None:
        """Note what had made room already when an earlier run was cut off; who does not answer leaves it unknown.

        Without `may_return` it stays gone: somebody may have removed it on purpose.
        """
        with contextlib.suppress(ProductError):
            for one in self._room.missing():
                if not self._lookup.owned(one.project, environment_id, 0) and not self._docker.listed(
                    one.project, at_most=0
                ):
                    self._room.gone(one if may_return else replace(one, content=None))

    def give_back(self, wanted: WantedStack, *, new: bool) -> tuple[str, bool]:
        """Put back what was removed, and say how that went, and whether anything could be.

        Those that came in its place in this run and do not run go first, a `new` one that has just failed among them,
        since they are in the way. What others hold that run, or may run yet, they keep.
        """
        told: list[str] = []
        environment_id, removed = wanted.environment_id, self._room.removed
        if new:
            self._room.failed(wanted.project)
        vain, going = self._room.in_vain, {wanted.project} if new else set()
        late = False
        possible: list[tuple[str, StackContent]] = []
        try:
            if new and not removed:
                # What was never sent is not removed.
                owned = partial(self._lookup.owned, wanted.project, environment_id, 0)
                late = bool(self._patience.until(Deadline.after(self._clock, self._seconds), owned))
            for one in removed:
                if one.content is None:
                    told.append(_gone(one.project, one.lost))
                    continue
                holders = self._in_the_way(one.project, one.content, environment_id)
                if others := [holder for holder in holders if holder not in vain]:
                    told.append(_kept_out(one.project, others))
                else:
                    going |= {*holders, *(vain & self._room.fellows)}
                    possible.append((one.project, one.content))
        except ProductError as error:
            names = ", ".join(one.project for one in removed)
            return _gone(names, error.explanation.what) if names else "", False
        if late:
            told.append(f"{wanted.project} was removed, since what it should replace was put back")
        if possible or late:
            told += self._cleared(environment_id, going)
        told += [self._put_back(project, content, environment_id) for project, content in possible]
        return "\n".join(told), late or bool(possible)

    def _in_the_way(self, project: str, content: StackContent, environment_id: int) -> Sequence[str]:
        holders = partial(self._preflight.holders, WantedStack(project, environment_id, content))
        return self._patience.until(Deadline.after(self._clock, self._seconds), holders)

    def _cleared(self, environment_id: int, going: Collection[str]) -> list[str]:
        told = []
        for project in sorted(going):
            try:
                owned = partial(self._lookup.owned, project, environment_id, 0)
                for record in self._patience.until(Deadline.after(self._clock, self._seconds), owned):
                    self._sender.delete(record)
            except ProductError as error:
                told.append(f"{project} could not be removed: {error.explanation.what}")
        self._docker.forget()
        return told

    def _put_back(self, project: str, content: StackContent, environment_id: int) -> str:
        try:
            deadline = Deadline.after(self._clock, self._seconds)
            look = partial(self._lookup.find, project, environment_id, fresh=True)
            self._sender.send(project, environment_id, content, self._patience.until(deadline, look))
        except DeployFailedError as error:
            return _gone(project, redact(error.reason, content.env.values()))
        except ProductError as error:
            return _gone(project, redact(error.explanation.what, content.env.values()))
        finally:
            self._docker.forget()
        self._room.returned(project)
        return f"{project} made room for it, and was put back"


def _kept_out(project: str, holders: Sequence[str]) -> str:
    return (
        f"{project} made room and is gone, its volumes are not; it is not put back, since {', '.join(holders)} "
        f"{'holds' if len(holders) == 1 else 'hold'} what it needs"
    )


def _gone(project: str, reason: str) -> str:
    return (
        f"{project} made room for it and is gone, its volumes are not; putting it back failed: {reason.strip()}"
        "\n  next:     declare it again as it was, and phoenix sync all"
    )
