"""What a run does to one stack: told before it does it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from phoenix_providers.planning.stacks.forecast.container_forecast import ContainerForecast, Fate

_INTERRUPTED = frozenset({Fate.RECREATED, Fate.RESTARTED, Fate.REMOVED})


class Sending(StrEnum):
    """What becomes of a stack's content."""

    SENT = "sent"
    NOT_NEEDED = "not needed"
    NOT_AGAIN = "not again"
    REFUSED = "refused"
    TAKEN_AWAY = "taken away"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class StackForecast:
    """One stack.

    Attributes:
        sending: Whether its content is sent.
        containers: What becomes of all containers of the project.
        why: In words: what is not as it was deployed, why content would not be sent, or why nobody can tell.
        is_taken_over: Whether it runs already, and the state does not know it yet.
        volumes: Those that stay behind.
    """

    sending: Sending
    containers: tuple[ContainerForecast, ...] = ()
    why: tuple[str, ...] = ()
    is_taken_over: bool = False
    volumes: tuple[str, ...] = ()

    @property
    def interrupted(self) -> tuple[ContainerForecast, ...]:
        """Containers that stop, if only for a moment."""
        return tuple(one for one in self.containers if one.fate in _INTERRUPTED)
