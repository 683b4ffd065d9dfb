"""What is remembered of the firewall while it changes, and whether it still is what was declared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.proxmox_records import NewRule
from phoenix_providers.planning.firewall.names.snapshot import NameSnapshot
from phoenix_providers.planning.firewall.revert import PlaceContent, Places
from phoenix_providers.planning.proxmox.api_words import plain_rule, without_notes
from phoenix_providers.planning.proxmox.firewall_options import DECIDING, comes_to_the_same, in_force
from phoenix_providers.planning.proxmox_scope import ProxmoxScope


@dataclass(frozen=True)
class FirewallSnapshot:
    """How things were before a change.

    Attributes:
        places: Rules and options.
        working: Names of the connections that came about.
        declared: Rules and options that the change is about to write.
        names: Aliases, sets and groups that are declared.
    """

    places: Places
    working: frozenset[str]
    declared: Places
    names: tuple[NameSnapshot, ...] = ()

    def as_output(self) -> Properties:
        """Return it as a property of a resource."""
        return {
            "places": _as_output(self.places),
            "working": sorted(self.working),
            "declared": _as_output(self.declared),
            **({"names": [one.as_output() for one in self.names]} if self.names else {}),
        }

    @classmethod
    def from_output(cls, value: StoredProperties) -> FirewallSnapshot:
        """Read what `as_output` gave."""
        return cls(
            places_of(value.get("places") or ()),
            frozenset(value.get("working") or ()),
            places_of(value.get("declared") or ()),
            tuple(NameSnapshot.from_output(one) for one in value.get("names") or ()),
        )


def places_of(items: Iterable[StoredProperties]) -> Places:
    """Read places in the form {scope, rules, options}."""
    scopes = ((ProxmoxScope.from_input(item["scope"]), item) for item in items)
    return {scope: PlaceContent.of(scope, item["rules"], item["options"]) for scope, item in scopes}


def remembered(now: FirewallSnapshot, unconfirmed: FirewallSnapshot | None) -> FirewallSnapshot:
    """Return what to go back to.

    A change that was never confirmed (the run was killed) is the one to go back from: it may have cut something
    already, or its rules are not in force yet, and what works now says nothing about them.
    """
    if unconfirmed is None:
        return now
    places = {scope: unconfirmed.places.get(scope, content) for scope, content in now.places.items()}
    before = {one.wanted.resource_name: one.before for one in unconfirmed.names}
    names = tuple(replace(one, before=before.get(one.wanted.resource_name, one.before)) for one in now.names)
    return FirewallSnapshot(places, now.working | unconfirmed.working, now.declared, names)


def deviations(wanted: Places, live: Places) -> str:
    """Return where what decides on connections is not as declared, in one line; empty when all is."""
    found = []
    for scope, content in wanted.items():
        if scope not in live:
            continue
        parts = []
        if _deciding(content) != _deciding(live[scope]):
            parts.append("rules")
        if not _decide_the_same(scope, live[scope], content):
            parts.append("options")
        if parts:
            found.append(f"{scope.title}: other {' and '.join(parts)}")
    return "; ".join(found)


def becoming(live: Places, wanted: Places) -> Places:
    """Return places as a change leaves them: what is not wanted of options stays."""
    return {
        scope: replace(content, options={**live[scope].options, **content.options}) if scope in live else content
        for scope, content in wanted.items()
    }


def _decide_the_same(scope: ProxmoxScope, live: PlaceContent, wanted: PlaceContent) -> bool:
    said = (key for key in DECIDING if key in wanted.options)
    return all(comes_to_the_same(key, in_force(scope, key, live.options), wanted.options[key]) for key in said)


def _as_output(places: Places) -> list[Properties]:
    return [
        {"scope": scope.as_input(), "rules": [dict(rule) for rule in content.rules], "options": dict(content.options)}
        for scope, content in places.items()
    ]


def _deciding(content: PlaceContent) -> list[NewRule]:
    return [without_notes(plain_rule(rule)) for rule in content.rules]
