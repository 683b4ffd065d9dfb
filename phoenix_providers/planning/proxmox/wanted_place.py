"""What is declared for one place on Proxmox, in the words of its API."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phoenix_providers.models.engine_properties import Properties, StoredProperties
    from phoenix_providers.models.proxmox_records import RuleRecord


@dataclass(frozen=True)
class WantedFirewall:
    """The firewall of the datacenter or of a guest.

    Attributes:
        options: All that shall be as they say.
        left_open: Those of them that no file says.
    """

    rules: tuple[RuleRecord, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    left_open: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Files of a node that are ours: none."""
        return ()

    def without_options(self, kept: Collection[str]) -> WantedFirewall:
        """Return it less options that stay as they are."""
        return replace(self, options={key: value for key, value in self.options.items() if key not in kept})

    def as_input(self) -> Properties:
        """Return it as a property of a resource."""
        return {"rules": list(self.rules), "options": dict(self.options), "left_open": list(self.left_open)}


@dataclass(frozen=True)
class WantedFiles:
    """A node's own files; empty where they are not ours.

    Attributes:
        hosts: Lines, each the address and its names.
        resolver: As the API shows resolv.conf.
        domain: The site's, below which names in an old file are ours.
    """

    hosts: tuple[tuple[str, ...], ...] = ()
    resolver: Mapping[str, str] = field(default_factory=dict)
    domain: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """Which of them are ours, by the kind of their resources."""
        return tuple(name for name, content in (("hosts", self.hosts), ("resolver", self.resolver)) if content)

    def as_input(self) -> Properties:
        """Return it as a property of a resource."""
        return {"hosts": [list(line) for line in self.hosts], "resolver": dict(self.resolver), "domain": self.domain}


WantedPlace = WantedFirewall | WantedFiles


def wanted_of_input(value: StoredProperties) -> WantedPlace:
    """Read what `as_input` gave."""
    if "hosts" in value:
        lines = tuple(tuple(line) for line in value["hosts"])
        return WantedFiles(lines, dict(value.get("resolver") or {}), str(value.get("domain") or ""))
    return WantedFirewall(tuple(value["rules"]), dict(value["options"]), tuple(value.get("left_open") or ()))
