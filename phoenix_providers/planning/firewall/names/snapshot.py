"""Names that rules use, as they were before a change of the firewall, and the way back."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.proxmox_records import NewRule
from phoenix_providers.planning.firewall.names.changes import stages
from phoenix_providers.planning.firewall.names.content import name_of_input
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox.api_words import without_notes

_WORDS = {"POST": "create", "PUT": "set", "DELETE": "delete"}


@dataclass(frozen=True)
class NameSnapshot:
    """One name: what the change is about to write, and what was there before; None where nothing was."""

    wanted: FirewallName
    before: FirewallName | None

    def as_output(self) -> Properties:
        """Return it as a property of a resource."""
        return {"wanted": self.wanted.as_input(), "before": self.before.as_input() if self.before else None}

    @classmethod
    def from_output(cls, value: StoredProperties) -> NameSnapshot:
        """Read what `as_output` gave."""
        before = value.get("before")
        return cls(name_of_input(value["wanted"]), name_of_input(before) if before else None)


@dataclass(frozen=True)
class ChangeName:
    """One request about a name; its path is below the datacenter's firewall."""

    verb: str
    path: str
    fields: Mapping[str, str]

    def command(self) -> str:
        """Return it as it is typed on the host."""
        words = [part for key, value in self.fields.items() for part in (f"--{key}", value)]
        return shlex.join(["pvesh", _WORDS[self.verb], f"/cluster/firewall/{self.path}", *words])


def other_names(wanted: Iterable[FirewallName], live: Mapping[str, FirewallName | None]) -> tuple[str, ...]:
    """Return which names stand for something else than what is declared; `live` as for `names_back`."""
    return tuple(
        one.title
        for one in wanted
        for there in [live[one.resource_name]]
        if there is None or _deciding(there) != _deciding(one)
    )


def _deciding(one: FirewallName) -> list[NewRule]:
    return [without_notes(entry) for entry in one.entries]


def names_back(memory: Iterable[NameSnapshot], now: Mapping[str, FirewallName | None]) -> Iterator[ChangeName]:
    """Give the requests that lead back; `now` is what is there, by name of the resource.

    A set that was not there is emptied: `blacklist` and `management` count without a rule. Any other new name counts
    for nothing once the rules are back.
    """
    for one in memory:
        live = now.get(one.wanted.resource_name)
        before = one.before
        if before is None and live is not None and live.kind == "ip-set":
            before = replace(live, entries=())
        if before is not None:
            yield from (ChangeName(stage.verb, stage.path, stage.fields) for stage in stages(live, before))
