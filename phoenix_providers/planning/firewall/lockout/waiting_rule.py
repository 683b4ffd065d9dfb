"""A new rule that is sent switched off, and switched on when all rules have their places."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.proxmox_scope import ProxmoxScope


@dataclass(frozen=True)
class WaitingRule:
    """One of them.

    Attributes:
        position: Its place in the declared list.
        found: A name for what one run has found.
    """

    scope: ProxmoxScope
    position: int
    rule: RuleRecord
    found: str

    def as_output(self) -> Properties:
        """Return it as a property of a resource."""
        return {
            "scope": self.scope.as_input(),
            "position": self.position,
            "rule": dict(self.rule),
            "found": self.found,
        }

    @classmethod
    def from_output(cls, value: StoredProperties) -> WaitingRule:
        """Read what `as_output` gave; numbers may have become floats on the way."""
        scope = ProxmoxScope.from_input(value["scope"])
        return cls(scope, int(value["position"]), value["rule"], str(value.get("found") or ""))
