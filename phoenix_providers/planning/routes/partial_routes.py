"""A mistake of one stack must not keep the others from their routes, nor take what is published already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from phoenix_providers.models.traefik_records import ConfigurationSection, DynamicConfiguration, NewConfiguration
from phoenix_providers.planning.routes.conflicts import Claim, newcomers
from phoenix_providers.planning.routes.left_behind import left_behind, who_leads_there
from phoenix_providers.planning.routes.names import Name, Parts, names_in, settled_parts
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.planning.traefik.structure_check import Fault, structure_faults

Judge = Callable[[DynamicConfiguration], tuple[Fault, ...]]


class _Choice(IntEnum):
    WANTED, BEFORE, NOTHING = range(3)


@dataclass
class PartialRoutes:
    """What can be published of several owners' routes, without what is wrong with some of them.

    Attributes:
        wanted: What is to be published, by owner.
        before: What was published last, by owner; of who is not wanted any more, what others lead to stays.
        reserved: Names of our other file.
        elsewhere: Names of files of others.
        reasons: Why an owner's new routes are held back, or not in force.
        kept: Owners whose routes stay although something is wrong with them: they were there before.
    """

    wanted: Parts
    before: Parts
    reserved: frozenset[Name] = frozenset()
    elsewhere: frozenset[Name] = frozenset()
    reasons: dict[str, tuple[Fault, ...]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    _choices: dict[str, _Choice] = field(default_factory=dict)
    _settled: tuple[dict[str, _Choice], Mapping[str, NewConfiguration]] | None = None

    @property
    def parts(self) -> Mapping[str, NewConfiguration]:
        """What is to be published now, by owner, under names that nobody else has."""
        # Each judge asks, and as a rule nobody is held back in between.
        if self._settled is None or self._settled[0] != self._choices:
            chosen = {owner: self._chosen(owner) for owner in self.wanted}
            settled = settled_parts({**self._left(chosen), **chosen}, self.before, self.reserved)
            self._settled = dict(self._choices), settled
        return self._settled[1]

    @property
    def document(self) -> NewConfiguration:
        """The same as one document."""
        return merge_routes(self.parts.values())

    @property
    def told(self) -> dict[str, tuple[Fault, ...]]:
        """What is wrong, by owner, with what is in force for now."""
        chosen = {owner: self._chosen(owner) for owner in self.wanted}
        leading = who_leads_there(self.parts, self._left(chosen))
        found = {owner: (*self.reasons.get(owner, ()), *leading.get(owner, ())) for owner in self.wanted}
        return {owner: faults for owner, faults in found.items() if faults}

    @property
    def changed(self) -> frozenset[str]:
        """Whose routes would change."""
        return frozenset(owner for owner in self.wanted if self._is_changed(owner))

    def judge(self, whole: Judge = structure_faults) -> tuple[Fault, ...]:
        """Hold back whatever is wrong; return what is wrong and nobody's.

        Args:
            whole: Judges a whole document.
        """
        while True:
            if self._judge_structures() or self._judge_rules():
                continue
            parts = self.parts
            found: dict[str | None, list[Fault]] = {}
            for fault in whole(merge_routes(parts.values())):
                owner = self._to_blame(fault, parts)
                found.setdefault(owner, []).append(self._as_told(fault, owner, parts))
            nobodys = found.pop(None, [])
            if not any([self.hold(str(owner), faults) for owner, faults in found.items()]):
                return tuple(nobodys)

    def hold(self, owner: str, faults: Iterable[Fault]) -> bool:
        """Keep an owner at what it had before, for these reasons; return whether that changes anything."""
        known = self.reasons.get(owner, ())
        self.reasons[owner] = (*known, *(fault for fault in faults if fault not in known))
        if self._is_changed(owner):
            self._choices[owner] = _Choice.BEFORE
            return True
        self.kept.add(owner)
        return False

    def release(self, owners: Iterable[str]) -> None:
        """Take what these owners want after all."""
        for owner in owners:
            self._choices.pop(owner, None)
            self.reasons.pop(owner, None)
            self.kept.discard(owner)

    def copy(self) -> PartialRoutes:
        """Return one that can be changed without changing this one."""
        return PartialRoutes(
            self.wanted,
            self.before,
            self.reserved,
            self.elsewhere,
            dict(self.reasons),
            set(self.kept),
            dict(self._choices),
        )

    def _chosen(self, owner: str) -> DynamicConfiguration:
        choice = self._choices.get(owner, _Choice.WANTED)
        if choice is _Choice.NOTHING:
            return {}
        return self.wanted[owner] if choice is _Choice.WANTED else self.before.get(owner, {})

    def _left(self, chosen: Parts) -> dict[str, NewConfiguration]:
        left = left_behind(chosen, self.before, self.reserved | self.elsewhere)
        return {owner: part for owner, part in left.items() if self._choices.get(owner) is not _Choice.NOTHING}

    def _is_changed(self, owner: str) -> bool:
        """Nobody can hold back what is only left behind."""
        choice = self._choices.get(owner, _Choice.WANTED)
        return owner in self.wanted and choice is _Choice.WANTED and self.wanted[owner] != self.before.get(owner, {})

    def _judge_structures(self) -> bool:
        """A file that Traefik cannot load would stop all, so nobody keeps such a part even if it was there before."""
        found = {owner: faults for owner, part in self.parts.items() if (faults := structure_faults(part))}
        for owner, faults in found.items():
            if not self.hold(owner, faults):
                self._choices[owner] = _Choice.NOTHING
                self.kept.discard(owner)
        return bool(found)

    def _judge_rules(self) -> bool:
        found = newcomers(self.parts, self.before)
        held = [self.hold(owner, map(_conflict, claims)) for owner, claims in found.items()]
        return any(held)

    def _to_blame(self, fault: Fault, parts: Parts) -> str | None:
        """Return whose fault it is: not that of who stays as it was, if somebody else takes away what it uses."""
        owner = min(owners_of([fault.path], parts), default=None)
        if owner is None or fault.missing is None or self._is_changed(owner):
            return owner
        leaving = (other for other in sorted(self.changed) if fault.missing in names_in(self.before.get(other, {})))
        return next(leaving, owner)

    def _as_told(self, fault: Fault, owner: str | None, parts: Parts) -> Fault:
        who = min(owners_of([fault.path], parts), default=owner)
        if who == owner or fault.missing is None:
            return fault
        return Fault(".".join(fault.missing), f"it leaves, and {fault.path} of {who} still leads to it", "it stays")


def owners_of(paths: Iterable[str], parts: Parts) -> frozenset[str]:
    """Return whose parts these paths, such as `http.routers.app.rule`, lead into."""
    places = list(paths)
    return frozenset(owner for owner, part in parts.items() if any(_is_in(part, place) for place in places))


def before_by_name(wanted: Parts, previous: DynamicConfiguration) -> dict[str, NewConfiguration]:
    """Return what a file from before says under these names, by owner: all there is to know where no state is."""
    return {owner: merge_routes([_as_before(part, previous)]) for owner, part in wanted.items()}


def _is_in(part: DynamicConfiguration, place: str) -> bool:
    return any(place == prefix or place.startswith(prefix + ".") for prefix in _prefixes(part))


def _prefixes(part: DynamicConfiguration) -> Iterator[str]:
    for section, kinds in part.items():
        for kind, items in kinds.items():
            for name in items:
                yield f"{section}.{kind}.{name}"


def _as_before(part: DynamicConfiguration, previous: DynamicConfiguration) -> NewConfiguration:
    return {
        section: {
            kind: {name: previous[section][kind][name] for name in items if name in _items(previous, section, kind)}
            for kind, items in kinds.items()
        }
        for section, kinds in part.items()
    }


def _items(document: DynamicConfiguration, section: str, kind: str) -> ConfigurationSection:
    items: ConfigurationSection = (document.get(section) or {}).get(kind) or {}
    return items


def _conflict(claim: Claim) -> Fault:
    return Fault(claim.path, claim.reason, claim.expected, holder=claim.holder)
