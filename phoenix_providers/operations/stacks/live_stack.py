"""What Portainer and Docker have of a stack."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_providers.clients.docker.records import ListedContainer
from phoenix_providers.clients.portainer.records import StackRecord, StackStatus
from phoenix_providers.planning.stacks.content import StackContent


@dataclass(frozen=True)
class LiveStack:
    """What Portainer and Docker have.

    Attributes:
        deviations: In words, what is not as it was deployed; a new deploy of the same content brings it back.
        leftovers: Containers of services that the file does not have.
        broken: In words, what fails by itself.
        ended: Services of which only their past says that they should not have ended; after a short time.
    """

    record: StackRecord
    content: StackContent
    deviations: tuple[str, ...] = ()
    leftovers: tuple[ListedContainer, ...] = ()
    broken: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()

    def differs(self, wanted: StackContent) -> bool:
        """Whether it has to be deployed to be as wanted."""
        same = self.content.same_as(wanted) and self.record.status is StackStatus.ACTIVE
        return not same or bool(self.deviations)

    @property
    def observed(self) -> tuple[str, ...]:
        """Everything that is not as it should be."""
        words = {f"{item.service} is not in the file, but has a container" for item in self.leftovers}
        return (*self.deviations, *self.broken, *sorted(words))
