"""What the site's files say of one owner's routes: by it routes are known that no state knows."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.traefik_records import DynamicConfiguration


@dataclass(frozen=True)
class DeclaredRoutes:
    """Routes of a stack, or of the infrastructure.

    Attributes:
        address: Where its back ends are; only where some of the routes may not be known.
        stays: Whether routes that stand there go on until it brings its own.
    """

    routes: DynamicConfiguration
    address: str = ""
    stays: bool = False

    def as_input(self) -> Properties:
        """Return it as a property of a resource."""
        return {"routes": dict(self.routes), "address": self.address, "stays": self.stays}

    @classmethod
    def from_input(cls, value: StoredProperties) -> DeclaredRoutes:
        """Read what `as_input` gave."""
        return cls(value.get("routes") or {}, str(value.get("address") or ""), bool(value.get("stays")))
