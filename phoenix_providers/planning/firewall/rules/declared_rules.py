"""Rules with their places in the files, and which of several with the same identity counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.planning.proxmox.api_words import rule_identity, rule_words

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class DeclaredRule:
    """A rule as Proxmox keeps it; `at` is where it stands, as `Configuration.locate` takes it."""

    rule: FirewallRule
    at: Path = ()

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from other rules."""
        return rule_identity(rule_words(self.rule))


@dataclass(frozen=True)
class Copies:
    """Rules of one list with the same identity: the one that counts, and the others, in their order."""

    counts: DeclaredRule
    idle: tuple[DeclaredRule, ...]

    @property
    def equal(self) -> bool:
        """Whether they are the same in every word."""
        return all(copy.rule == self.counts.rule for copy in self.idle)


def copies(rules: Iterable[DeclaredRule]) -> tuple[Copies, ...]:
    """Sort the rules of a list by identity; the ones that count are in the order in which they count.

    The first one that is switched on decides on everything that any of them could; so the others may go, wherever they
    stand. The Proxmox plugin cannot hold them apart, and would for a while give one the switch of another.
    """
    by_identity: dict[tuple[str, ...], list[tuple[int, DeclaredRule]]] = {}
    for place, declared in enumerate(rules):
        by_identity.setdefault(declared.identity, []).append((place, declared))
    found = []
    for same in by_identity.values():
        first = next((item for item in same if item[1].rule.enabled), same[0])
        found.append((first[0], Copies(first[1], tuple(item[1] for item in same if item is not first))))
    return tuple(one for _, one in sorted(found, key=lambda item: item[0]))
