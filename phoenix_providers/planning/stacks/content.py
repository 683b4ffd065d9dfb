"""What is deployed: a compose text, the values for it, and the services that run with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phoenix_providers.errors import ProductError
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.compose_reading import ComposeReading, reading_of


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

    def as_property(self) -> Properties:
        """Return plain data for a (secret) output."""
        return {"compose": self.compose, "env": dict(self.env), "services": list(self.services)}

    @classmethod
    def from_property(cls, data: StoredProperties | None) -> StackContent | None:
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
