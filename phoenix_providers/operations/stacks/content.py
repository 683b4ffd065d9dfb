"""What a stack shall be, what it is, and how an attempt to make the one the other has ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phoenix_providers.clients.docker.records import ListedContainer
from phoenix_providers.clients.portainer.records import StackRecord, StackStatus
from phoenix_providers.errors import ProductError
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.compose_reading import ComposeReading, reading_of
from phoenix_providers.planning.compose.dotenv import decode, encode

# Portainer writes its file of values for a list that is not empty only. So an emptied list leaves the old file, which
# `env_file: stack.env` goes on reading, and one that was never filled leaves none, without which nothing starts.
_FILE_OF_VALUES = "stack.env"
_NO_VALUES = "PHOENIX_SYNC_NO_VALUES"


@dataclass(frozen=True)
class StackContent:
    """Compose text, values as the containers shall see them, and the services that run with it."""

    compose: str
    env: Mapping[str, str]
    services: Sequence[str]

    @property
    def digest(self) -> str:
        """Tell one content from another; it covers secrets, so it is one itself."""
        content = json.dumps([self.compose, sorted(self.env.items())])
        return hashlib.sha256(content.encode()).hexdigest()

    def read(self, project: str) -> ComposeReading:
        """Return what its text says, as the stack of this name; read once, whoever asks."""
        return reading_of(project, self.compose, self.env)

    def same_as(self, other: StackContent) -> bool:
        """Whether both would be deployed alike."""
        return self.compose == other.compose and dict(self.env) == dict(other.env)

    def as_property(self) -> dict[str, Any]:
        """Return plain data for a (secret) output."""
        return {"compose": self.compose, "env": dict(self.env), "services": list(self.services)}

    @classmethod
    def from_property(cls, data: Mapping[str, Any] | None) -> StackContent | None:
        """Read what `as_property` wrote; None for nothing."""
        return cls(str(data["compose"]), dict(data["env"]), tuple(data["services"])) if data else None


@dataclass(frozen=True)
class WantedStack:
    """What is declared."""

    project: str
    environment_id: int
    content: StackContent

    @property
    def compose(self) -> Compose:
        """What its text says.

        Raises:
            ProductError: It cannot be read.
        """
        compose = self.content.read(self.project).compose
        if compose is None:
            raise ProductError(
                f"the compose text of {self.project} cannot be read",
                next_step="docker compose config   (in its folder says why)",
            )
        return compose


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


@dataclass(frozen=True)
class StackHistory:
    """What earlier runs left: the content that failed, why, and the last one that worked.

    Attributes:
        stamp: That of the record as our last write left it, with the file `compose`; empty if that is not known.
        made: By service, the hashes of the configurations from which its containers were made.
        running: Services that ran on after the last deploy.
        revived: Of those, each one that was brought back after it had ended, as often as that was done.
        unpulled: The digest of content whose images could not be fetched, and why.
        unsettled: The digest of deployed content that failed since it was healthy last, or never was: it has to settle.
    """

    stack_id: int = 0
    failed_digest: str = ""
    failed_reason: str = ""
    last_good: StackContent | None = None
    stamp: str = ""
    compose: str = ""
    made: Mapping[str, Sequence[str]] = field(default_factory=dict)
    running: Sequence[str] = ()
    revived: Sequence[str] = ()
    unpulled: tuple[str, str] = ("", "")
    unsettled: str = ""

    def proves(self, content: StackContent) -> bool:
        """Whether this content was healthy for as long as it has to be, and nothing has been said against it since."""
        good = self.last_good
        return good is not None and good.same_as(content) and self.unsettled != content.digest


@dataclass(frozen=True)
class Removed:
    """What was removed before its time.

    Attributes:
        content: As Portainer had it, or as the state has it; None if it cannot be put back.
        lost: Why it cannot.
        was_cut_off: Whether an earlier run removed it and came to no end.
    """

    project: str
    content: StackContent | None
    lost: str = "Portainer had lost what it was made from"
    was_cut_off: bool = False


@dataclass(frozen=True)
class DeployResult:
    """How it ended; `failure` is empty when the stack is deployed and healthy.

    Attributes:
        stamp: That of the record whose file is known to be the declared one; empty otherwise.
        untidy: What could not be removed though it left the file; the stack itself is as it says in `failure`.
    """

    stack_id: int
    failure: str = ""
    memory: StackHistory = field(default_factory=StackHistory)
    stamp: str = ""
    untidy: str = ""


@dataclass(frozen=True)
class Limits:
    """Seconds: the bound for deploying and getting healthy, and how long health has to last."""

    deploy: float
    settle: float


def to_send(content: StackContent, record: StackRecord | None) -> dict[str, str]:
    """Return the values as Portainer shall get them; never an empty list where the file of values counts.

    That is where there have been values, and where the text names the file, in whatever form and place.
    """
    counts = (record is not None and bool(record.env)) or _FILE_OF_VALUES in content.compose
    if not content.env and counts:
        return {_NO_VALUES: ""}
    return {name: encode(value) for name, value in content.env.items()}


def as_seen(record: StackRecord) -> dict[str, str]:
    """Return a record's values as containers see them."""
    return {name: decode(value) for name, value in record.env.items() if name != _NO_VALUES}
