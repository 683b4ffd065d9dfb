"""How published routes are followed from DNS to their back ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from phoenix_providers.models.engine_properties import Properties, StoredProperties


@dataclass(frozen=True)
class RouteFollowing:
    """What is asked about routes once they are published.

    Attributes:
        name_server: Who is asked for names; empty for nobody.
        records: Declared IP by host name.
        demanding: Owners that demand an answer; None in a file that nobody's routes are in.
        deployed: When each of these was deployed, which may not be known before the run.
    """

    name_server: str = ""
    records: Mapping[str, str] = field(default_factory=dict)
    demanding: tuple[str, ...] | None = None
    deployed: Mapping[str, object] = field(default_factory=dict)

    def as_input(self) -> Properties:
        """Return it as a property of a resource."""
        said: Properties = {"name_server": self.name_server, "records": dict(self.records)}
        if self.demanding is None:
            return said
        return said | {"demanding": list(self.demanding), "deployed": dict(self.deployed)}

    @classmethod
    def from_input(cls, value: StoredProperties) -> RouteFollowing:
        """Read what `as_input` gave."""
        return cls(
            str(value.get("name_server") or ""),
            dict(value.get("records") or {}),
            tuple(value.get("demanding") or ()),
            dict(value.get("deployed") or {}),
        )
