"""Names for addresses that rules use, as the site file declares them: aliases and IP sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field
from pydantic.config import JsonDict

from phoenix_providers.models.base import Name, StrictModel

NameKind = Literal["alias", "ip-set", "security-group"]

_OTHER_WORDS = {
    "ip": "cidr",
    "address": "cidr",
    "network": "cidr",
    "value": "cidr",
    "description": "comment",
}


class Alias(StrictModel):
    """A name for one address or network."""

    other_words: ClassVar[Mapping[str, str]] = _OTHER_WORDS
    idle: ClassVar[frozenset[str]] = frozenset({"digest", "ipversion"})
    entry: ClassVar[str] = "an address or network"

    cidr: Name
    """The address or network, such as 10.0.0.5 or 10.0.0.0/24."""
    comment: str | None = None
    """What it is; shown by Proxmox."""


class IpSetMember(StrictModel):
    """One entry of an IP set."""

    other_words: ClassVar[Mapping[str, str]] = {**_OTHER_WORDS, "alias": "cidr", "exclude": "nomatch", "not": "nomatch"}
    idle: ClassVar[frozenset[str]] = frozenset({"digest"})
    without: ClassVar[Mapping[str, str]] = {"nomatch": "the entry belongs to the set"}
    entry: ClassVar[str] = "an address, a network or an alias"

    cidr: Name
    """An address, a network or an alias (`dc/NAME` for one of the datacenter)."""
    nomatch: bool = False
    """Whether it is left out of the set; of several entries that hold an address the smallest network decides."""
    comment: str | None = None
    """What it is; shown by Proxmox."""


def _text_alone(value: object) -> object:
    return {"cidr": value} if isinstance(value, str) else value


def _texts_alone(value: object) -> object:
    return [_text_alone(entry) for entry in value] if isinstance(value, list | tuple) else value


def _alias_text_will_do(schema: JsonDict) -> None:
    schema["additionalProperties"] = {"anyOf": [{"type": "string"}, schema["additionalProperties"]]}


def _member_text_will_do(schema: JsonDict) -> None:
    schema["items"] = {"anyOf": [{"type": "string"}, schema["items"]]}


class IpSet(StrictModel):
    """A name for several addresses and networks; rules write it with a plus: `source: +NAME`."""

    other_words: ClassVar[Mapping[str, str]] = {
        "cidrs": "members",
        "entries": "members",
        "addresses": "members",
        "networks": "members",
        "description": "comment",
    }
    idle: ClassVar[frozenset[str]] = frozenset({"digest"})
    entry: ClassVar[str] = "its entries (`members: []` for a set that holds none)"

    members: Annotated[tuple[IpSetMember, ...], BeforeValidator(_texts_alone)] = Field(
        default=(), json_schema_extra=_member_text_will_do
    )
    """Its entries; an address, network or alias alone will do."""
    comment: str | None = None
    """What it is; shown by Proxmox."""


def _aliases(value: object) -> object:
    return {name: _text_alone(entry) for name, entry in value.items()} if isinstance(value, Mapping) else value


Aliases = Annotated[Mapping[Name, Alias], BeforeValidator(_aliases), Field(json_schema_extra=_alias_text_will_do)]
