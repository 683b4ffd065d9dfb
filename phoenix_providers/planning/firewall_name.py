"""An alias, an IP set or a security group of the datacenter: something that rules use by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phoenix_providers.models.engine_properties import Properties, StoredProperties
    from phoenix_providers.models.firewall_names import NameKind

_TITLES: Mapping[NameKind, str] = {"alias": "the alias", "ip-set": "the IP set", "security-group": "the security group"}

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class FirewallName:
    """One of them, as Proxmox has it or as it is declared.

    Attributes:
        name: In lower case, as Proxmox compares names.
        comment: Empty where there is none.
        entries: Of an alias {cidr}; of a set its members {cidr, nomatch, comment}; of a group its rules, in the words
            of `api_words.plain_rule`.
    """

    kind: NameKind
    name: str
    comment: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def resource_name(self) -> str:
        """Name in Pulumi."""
        return f"{self.kind}@{self.name}"

    @property
    def title(self) -> str:
        """Its name in messages."""
        return f"{_TITLES[self.kind]} {self.name}"

    def as_input(self) -> Properties:
        """Return it as properties of a resource."""
        entries = [dict(entry) for entry in self.entries]
        return {"kind": self.kind, "name": self.name, "comment": self.comment, "entries": entries}


@dataclass(frozen=True)
class NameUse:
    """A place in the files that uses names of which only Proxmox may know.

    Attributes:
        place: `file:line`.
        text: The rule, or what else it is.
        guest: On which it stands; 0 for the datacenter.
        addresses: What stands for addresses, names among them.
        group: The security group that is brought in; empty if none is.
        macro: Empty without one.
        proto: The protocol, since some are for one family of addresses only.
    """

    place: str
    text: str
    guest: int = 0
    addresses: tuple[str, ...] = ()
    group: str = ""
    macro: str = ""
    proto: str = ""

    def as_input(self) -> Properties:
        """Return it as a property of a resource."""
        return {**asdict(self), "addresses": list(self.addresses)}

    @classmethod
    def from_input(cls, value: StoredProperties) -> NameUse:
        """Read what `as_input` gave; the number may have become a float on the way."""
        return cls(**{**value, "guest": int(value["guest"]), "addresses": tuple(value["addresses"])})
