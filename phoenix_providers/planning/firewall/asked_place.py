"""What a place on Proxmox becomes, as far as that decides on connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phoenix_providers.planning.proxmox_scope import ProxmoxScope

if TYPE_CHECKING:
    from phoenix_providers.models.engine_properties import Properties, StoredProperties
    from phoenix_providers.models.proxmox_records import OptionsRecord, RuleRecord


@dataclass(frozen=True)
class AskedPlace:
    """What a place becomes.

    Attributes:
        options: Those that decide on connections, as far as the files say them.
        kept: What stays as it is in this run, as the files call it.
    """

    scope: ProxmoxScope
    rules: tuple[RuleRecord, ...]
    options: OptionsRecord
    kept: tuple[str, ...] = ()

    def as_input(self) -> Properties:
        """Return it as a property of a resource."""
        said = {"scope": self.scope.as_input(), "rules": list(self.rules), "options": dict(self.options)}
        return said | ({"kept": list(self.kept)} if self.kept else {})

    @classmethod
    def from_input(cls, value: StoredProperties) -> AskedPlace:
        """Read what `as_input` gave."""
        scope = ProxmoxScope.from_input(value["scope"])
        return cls(scope, tuple(value["rules"]), dict(value["options"]), tuple(value.get("kept") or ()))
