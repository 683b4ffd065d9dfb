"""Where foreign rules come among the declared ones, so that Proxmox decides as it did before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.planning.firewall.rules.declared_rules import Path
from phoenix_providers.planning.firewall.rules.overlap import could_meet, drops_the_rest
from phoenix_providers.planning.proxmox.api_words import is_switched_on, rule_identity

_ACCEPT = "ACCEPT"


@dataclass(frozen=True)
class FileList:
    """One list in the files that may get more rules.

    Attributes:
        path: Where it stands, as `Configuration.locate` takes it.
        first: Where its rules begin among all that are declared for the place.
        indexes: The index in the list of each of its rules; those that count for nothing are left out.
    """

    path: Path
    first: int
    indexes: tuple[int, ...]

    @property
    def slots(self) -> range:
        """Where a rule may come: before each of the declared rules, or behind the last."""
        return range(self.first, self.first + len(self.indexes) + 1)


@dataclass(frozen=True)
class PlacedRule:
    """A foreign rule with its place: the list, and the index that it comes before; None for the list's end."""

    rule: RuleRecord
    path: Path
    before: int | None


@dataclass(frozen=True)
class MisplacedRule:
    """A foreign rule without a place, and the declared rules (by their position) that it has to come behind, before."""

    rule: RuleRecord
    behind: int | None
    before: int | None


@dataclass(frozen=True)
class RuleOrder:
    """All foreign rules of a place, in Proxmox's order; either all have a place, or nothing is placed."""

    placed: tuple[PlacedRule, ...] = ()
    misplaced: tuple[MisplacedRule, ...] = ()


def file_lists(places: Sequence[Path], paths: Sequence[Path]) -> tuple[FileList, ...]:
    """Return the lists that may get more rules.

    Args:
        places: Where each declared rule of the place stands, in the order in which they count.
        paths: The lists, in that order; the first one may be empty.
    """
    found = []
    for number, path in enumerate(paths):
        own = [position for position, place in enumerate(places) if place[:-1] == path]
        if own or number == 0:
            indexes = tuple(int(places[position][-1]) for position in own)
            found.append(FileList(path, own[0] if own else 0, indexes))
    return tuple(found)


def rule_order(live: Sequence[RuleRecord], declared: Sequence[RuleRecord], lists: Sequence[FileList]) -> RuleOrder:
    """Place every rule that is on Proxmox alone.

    Of two rules that both are on Proxmox, the first one there comes first, if not for all then for those that could
    meet and decide differently. A declared rule that is not there yet opens nothing that a foreign rule closes, and
    what it closes no foreign rule opens; what drops all the rest comes behind either.

    Args:
        live: What is on Proxmox, in the form of `rule_words`.
        declared: What is declared, in the order in which it counts.
        lists: Where rules may be added; the first one is preferred.
    """
    problem = _Problem(live, declared)
    everywhere = sorted({slot for one in lists for slot in one.slots})
    for slots in (list(lists[0].slots), everywhere):
        for whole in (True, False):
            found = problem.solved(slots, whole=whole)
            if found is not None:
                return RuleOrder(
                    tuple(_placed(rule, slot, lists) for rule, slot in zip(problem.foreign, found, strict=True))
                )
    return RuleOrder(misplaced=tuple(problem.misplaced(everywhere)))


def _placed(rule: RuleRecord, slot: int, lists: Sequence[FileList]) -> PlacedRule:
    home = next(one for one in lists if slot in one.slots)
    offset = slot - home.first
    return PlacedRule(rule, home.path, home.indexes[offset] if offset < len(home.indexes) else None)


class _Problem:
    def __init__(self, live: Sequence[RuleRecord], declared: Sequence[RuleRecord]) -> None:
        counting = _counting(live)
        known = {rule_identity(rule) for rule in declared}
        self._declared = declared
        self._there = [counting.get(rule_identity(rule)) for rule in declared]
        self._live = live
        self._places = sorted(place for identity, place in counting.items() if identity not in known)
        self.foreign = [live[place] for place in self._places]

    def solved(self, slots: Sequence[int], *, whole: bool) -> list[int] | None:
        """Return the slot of every foreign rule, each as late as it may be; None if there is none for some."""
        found: dict[int, int] = {}
        for place in reversed(self._places):
            low, high = self._bounds(place, whole=whole)
            later = [slot for other, slot in found.items() if whole or _decide(self._live[place], self._live[other])]
            slot = max((one for one in slots if low <= one <= min([high, *later])), default=None)
            if slot is None:
                return None
            found[place] = slot
        return [found[place] for place in self._places]

    def misplaced(self, slots: Sequence[int]) -> Iterator[MisplacedRule]:
        """Name the rules that have no place, whatever becomes of the others; else all."""
        alone = [place for place in self._places if not self._has_place(place, slots)]
        for place in alone or self._places:
            low, high = self._bounds(place, whole=False)
            behind, before = low - 1 if low else None, high if high < len(self._declared) else None
            yield MisplacedRule(self._live[place], behind, before)

    def _has_place(self, place: int, slots: Sequence[int]) -> bool:
        low, high = self._bounds(place, whole=False)
        return any(low <= slot <= high for slot in slots)

    def _bounds(self, place: int, *, whole: bool) -> tuple[int, int]:
        """Return the first and the last position among the declared rules at which a foreign rule may come."""
        low, high = 0, len(self._declared)
        for position in range(len(self._declared)):
            comes_first = self._comes_first(place, position, whole=whole)
            if comes_first is True:
                high = min(high, position)
            elif comes_first is False:
                low = max(low, position + 1)
        return low, high

    def _comes_first(self, place: int, position: int, *, whole: bool) -> bool | None:
        """Whether a foreign rule has to come before a declared one; None where either is right."""
        rule, there = self._live[place], self._there[position]
        wanted = self._declared[position]
        is_new = there is None or (is_switched_on(wanted) and not is_switched_on(self._live[there]))
        if is_new and (first := _before_new(rule, wanted)) is not None:
            return first
        if there is None or not (whole or _decide(rule, wanted)):
            return None
        return place < there


def _before_new(rule: RuleRecord, wanted: RuleRecord) -> bool | None:
    """Say the same of a declared rule that does not count on Proxmox yet."""
    if not _decide(rule, wanted):
        return None
    if _may_close(rule) and _may_open(wanted):
        return not drops_the_rest(rule)
    if _may_open(rule) and _may_close(wanted):
        return drops_the_rest(wanted)
    return None


def _decide(one: RuleRecord, other: RuleRecord) -> bool:
    """Whether the order of two rules can make a difference."""
    same = one.get("action") == other.get("action") and one.get("type") != "group"
    return is_switched_on(one) and is_switched_on(other) and not same and could_meet(one, other)


def _may_open(rule: RuleRecord) -> bool:
    return rule.get("type") == "group" or rule.get("action") == _ACCEPT


def _may_close(rule: RuleRecord) -> bool:
    return rule.get("type") == "group" or rule.get("action") != _ACCEPT


def _counting(live: Sequence[RuleRecord]) -> dict[tuple[str, ...], int]:
    """Return the place of every rule that counts, by identity: of several the first that is switched on."""
    found: dict[tuple[str, ...], int] = {}
    for place, rule in enumerate(live):
        known = found.setdefault(rule_identity(rule), place)
        if is_switched_on(rule) and not is_switched_on(live[known]):
            found[rule_identity(rule)] = place
    return found
