"""What is asked of the firewall about aliases, sets and groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phoenix_providers.planning.firewall.names.content import name_of_input
from phoenix_providers.planning.firewall_name import FirewallName, NameUse

if TYPE_CHECKING:
    from phoenix_providers.models.engine_properties import Properties, StoredProperties


@dataclass(frozen=True)
class NamesAsked:
    """What is asked about aliases, sets and groups.

    Attributes:
        declared: As the files have them.
        leaving: Resources of those that are declared no more.
        new: Resources of those that are written for the first time.
        uses: Where rules use them.
    """

    declared: tuple[FirewallName, ...] = ()
    leaving: tuple[str, ...] = ()
    new: frozenset[str] = frozenset()
    uses: tuple[NameUse, ...] = ()

    def as_input(self) -> Properties:
        """Return it as properties of a resource; what is empty is left out."""
        said: Properties = {
            "names": [one.as_input() for one in self.declared],
            "leaving": list(self.leaving),
            "uses": [use.as_input() for use in self.uses],
            "new": [one.resource_name for one in self.declared if one.resource_name in self.new],
        }
        return {key: value for key, value in said.items() if value}

    @classmethod
    def from_input(cls, value: StoredProperties) -> NamesAsked:
        """Read what `as_input` gave."""
        return cls(
            tuple(name_of_input(item) for item in value.get("names") or ()),
            tuple(value.get("leaving") or ()),
            frozenset(value.get("new") or ()),
            tuple(NameUse.from_input(item) for item in value.get("uses") or ()),
        )
