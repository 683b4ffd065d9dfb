"""A stack that takes the place of others in this run, with what it takes to judge it before they make room."""

from __future__ import annotations

from dataclasses import dataclass, field

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.planning.stacks.content import StackContent


@dataclass(frozen=True)
class ArrivingStack:
    """One of them.

    Attributes:
        server: How its Portainer is reached.
        project: Its name at Portainer.
        environment: The name of its environment.
        content: What will be deployed.
        failed_digest: That of content that failed to deploy before, as the state has it.
        unpulled: The digest of content whose images could not be fetched, and why, as the state has it.
    """

    server: PortainerServer
    project: str
    environment: str
    content: StackContent = field(repr=False)
    failed_digest: str = field(default="", repr=False)
    unpulled: tuple[str, str] = field(default=("", ""), repr=False)

    def as_input(self) -> Properties:
        """Return plain data for a (secret) input."""
        digest, reason = self.unpulled
        return {
            "server": self.server.as_input(),
            "project": self.project,
            "environment": self.environment,
            **self.content.as_property(),
            "failed_digest": self.failed_digest,
            "unpulled": {"digest": digest, "reason": reason},
        }

    @classmethod
    def from_input(cls, data: StoredProperties) -> ArrivingStack:
        """Read what `as_input` wrote, or a stack's own inputs."""
        unpulled = data.get("unpulled") or {}
        return cls(
            PortainerServer.from_input(data["server"]),
            str(data["project"]),
            str(data["environment"]),
            StackContent(str(data["compose"]), dict(data["env"]), tuple(data["services"])),
            str(data.get("failed_digest") or ""),
            (str(unpulled.get("digest") or ""), str(unpulled.get("reason") or "")),
        )
