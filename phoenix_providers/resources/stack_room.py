"""Taking away what leaves and holds what a stack needs, and putting it back if the stack does not run after all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from phoenix_providers.clients.docker import DockerProxy
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError
from phoenix_providers.planning.secrecy import scrubbed
from phoenix_providers.resources.making_room import MakingRoom
from phoenix_providers.resources.stack_content import Content, WantedStack
from phoenix_providers.resources.stack_lookup import StackLookup
from phoenix_providers.resources.stack_patience import Patience
from phoenix_providers.resources.stack_sending import DeployFailedError, StackSender
from phoenix_providers.resources.stack_unrecorded import remove_containers

_UNREAD = Content("", {}, ())


@dataclass(frozen=True)
class Removed:
    """What was removed before its time.

    Attributes:
        content: As Portainer had it; None if Portainer has lost its data since.
    """

    project: str
    content: Content | None


class StackRoom:
    """Room on one environment."""

    def __init__(
        self,
        room: MakingRoom,
        lookup: StackLookup,
        sender: StackSender,
        docker: DockerProxy,
        patience: Patience,
        clock: Clock,
        seconds: float,
    ) -> None:
        self._room = room
        self._lookup = lookup
        self._sender = sender
        self._docker = docker
        self._patience = patience
        self._clock = clock
        self._seconds = seconds

    def make(self, project: str, environment_id: int, removed: list[Removed]) -> None:
        """Withdraw the routes of a project that leaves, and remove it; what is gone then is added to `removed`.

        Of one that Portainer has forgotten, the containers are removed.

        Raises:
            ProductError: Its content cannot be read, or its routes cannot be withdrawn: then it stays.
        """
        records = self._patience.briefly(lambda: self._lookup.owned(project, environment_id, 0))
        found = [self._patience.briefly(partial(self._lookup.look, one, _UNREAD)).content for one in records]
        if not self._room.withdraw(project):
            return
        removed += [Removed(project, content) for content in found]
        for record in records:
            self._sender.delete(record)
        if not records and remove_containers(self._docker, project):
            removed.append(Removed(project, None))
        self._docker.forget()

    def give_back(self, wanted: WantedStack, removed: list[Removed], *, new: bool) -> str:
        """Put back what was removed, and say how that went; a `new` stack goes first, since it is in the way."""
        told, environment_id = [], wanted.environment_id
        try:
            if new:
                deadline = Deadline.after(self._clock, self._seconds)
                owned = partial(self._lookup.owned, wanted.project, environment_id, 0)
                for record in self._patience.until(deadline, owned):
                    self._sender.delete(record)
                self._docker.forget()
        except ProductError as error:
            told.append(f"{wanted.project} could not be removed: {error.explanation.what}")
        for one in removed:
            if one.content is None:
                told.append(_gone(one.project, "Portainer had lost what it was made from"))
                continue
            try:
                deadline = Deadline.after(self._clock, self._seconds)
                look = partial(self._lookup.find, one.project, environment_id, fresh=True)
                self._sender.send(one.project, environment_id, one.content, self._patience.until(deadline, look))
                told.append(f"{one.project} made room for it, and was put back")
            except DeployFailedError as error:
                told.append(_gone(one.project, scrubbed(error.reason, one.content.env.values())))
            except ProductError as error:
                told.append(_gone(one.project, scrubbed(error.explanation.what, one.content.env.values())))
            self._docker.forget()
        return "\n".join(told)


def _gone(project: str, reason: str) -> str:
    return (
        f"{project} made room for it and is gone, its volumes are not; putting it back failed: {reason.strip()}"
        "\n  next:     declare it again as it was, and phoenix sync all"
    )
