"""A needed connection that the firewall keeps out, and what keeps it out."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_providers.planning.firewall.lockout.deciding_rule import DecidingRule
from phoenix_providers.planning.firewall.lockout.evaluation import Chain
from phoenix_providers.planning.proxmox.api_words import rule_text
from phoenix_providers.planning.site_plan import Connection


@dataclass(frozen=True)
class Cut:
    """A connection that would be lost; `on_the_way` means only until the change is complete.

    Attributes:
        at: What keeps it out; None where that is not known, then it is taken to be where it comes in.
        by: The rule there that decides; None where none does, but the policy.
    """

    connection: Connection
    on_the_way: bool
    at: Chain | None = None
    by: DecidingRule | None = None

    @property
    def words(self) -> dict[str, str | int]:
        """The rule that keeps it, in Proxmox's words."""
        one, direction = self.connection, self.at.direction if self.at else "in"
        ends = {"in": {"source": one.source}, "out": {"dest": one.dest}}
        end = ends.get(direction, {"source": one.source, "dest": one.dest})
        return {"type": direction, "action": "ACCEPT", **end, "proto": one.proto, "dport": one.port, "enable": 1}

    @property
    def rule(self) -> str:
        """The same as it may be written into a file."""
        return rule_text(self.words)

    @property
    def guest(self) -> int:
        """On which guest that rule belongs; 0 for the datacenter."""
        return self.at.guest if self.at else self.connection.to_guest

    @property
    def where(self) -> str:
        """The same for people."""
        return f"the guest {self.guest}" if self.guest else "the datacenter"

    def text(self) -> str:
        """Return it in one line."""
        when = " while the rules change places" if self.on_the_way else ""
        one = self.connection
        return f"{one.name} ({one.what}, {one.source} to {one.dest} {one.proto} {one.port}){when}"
