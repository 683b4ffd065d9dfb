"""What the engine would do to one resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.planning.site.changes.change import Action


@dataclass(frozen=True)
class ResourceChange:
    """One resource.

    Attributes:
        kind: Last part of its type, such as `PortainerStack`.
        recorded: Its inputs as the last run left them; empty if it is new.
        live: Its properties as they are now: outputs over inputs; empty if it is not there.
        declared: Its inputs as they shall be; empty if it goes.
    """

    name: str
    kind: str
    action: Action
    recorded: StoredProperties = field(default_factory=dict, repr=False)
    live: StoredProperties = field(default_factory=dict, repr=False)
    declared: StoredProperties = field(default_factory=dict, repr=False)

    @property
    def is_drift(self) -> bool:
        """Whether the files are as in the last run, and that run has done what they say."""
        if self.action is not Action.CHANGE or not self.recorded or self.live.get("failure"):
            return False
        return bool(_plain(self.recorded) == _plain(self.declared))

    @property
    def suffix(self) -> str:
        """What stands behind the @ of its name."""
        return self.name.partition("@")[2]

    @property
    def vmid(self) -> int:
        """The guest to which it belongs; 0 for none."""
        return int(self.suffix) if self.suffix.isdecimal() else 0


def _plain(value: Any) -> Any:
    """Return a value without what the engine adds and loses: its own keys, empty ones, floats."""
    if isinstance(value, Mapping):
        return {
            key: found
            for key, item in value.items()
            if not str(key).startswith("__") and (found := _plain(item)) not in (None, "", {}, [])
        }
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
