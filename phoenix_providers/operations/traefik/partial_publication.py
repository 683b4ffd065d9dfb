"""Publishing the routes of many stacks: what is wrong with one of them holds back that one alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NoReturn

from phoenix_providers.clock import Deadline
from phoenix_providers.errors import ProductError, RevertedError
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.operations.traefik.file import LOOK_INTO_LOG, PROOF_SECONDS, TraefikFile
from phoenix_providers.planning.routes.names import Parts, names_in
from phoenix_providers.planning.routes.partial_routes import Judge, PartialRoutes, owners_of
from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.live_check import NotLive
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.planning.traefik.references import reached
from phoenix_providers.planning.traefik.structure_check import Fault, loadable

# How long Traefik may be asked which of several new parts it does not load.
_TRIAL_SECONDS = 12 * PROOF_SECONDS
# Half of several new parts is tried for this much longer than a load has just taken; one part alone gets a whole proof.
_PATIENCE_SECONDS = 5.0
_NOT_LOADED = "it loads no file at all that has them"
_UNTRIED = "Traefik did not load all that is new, and there was no time to try this alone; the next run does"


@dataclass(frozen=True)
class Published:
    """What is in the file now.

    Attributes:
        parts: By owner, under the names in the file.
        refused: What is wrong, by owner; these have what they had before, unless it is in force all the same.
        judged_by_traefik: Those of them that only Traefik refused.
    """

    text: str
    parts: Parts
    refused: Mapping[str, Sequence[Fault]] = field(default_factory=dict)
    judged_by_traefik: frozenset[str] = frozenset()


@dataclass
class PartialPublication:
    """One attempt to make routes live, after everything that can be judged from here has been held back."""

    file: TraefikFile
    routes: PartialRoutes
    judge: Judge
    previous: str | None
    _by_traefik: set[str] = field(default_factory=set)
    _seconds: float = PROOF_SECONDS
    _tries: int = 0
    _written: str | None = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the file as it was found."""
        self._written = self.previous

    def run(self) -> Published:
        """Write, prove, and hold back what Traefik refuses, until the rest is proven.

        Raises:
            RevertedError: It is nobody's fault; the previous file is back.
            ProductError: The same, and there was nothing to put back.
        """
        deadline = Deadline.after(self.file.clock, _TRIAL_SECONDS)
        while missing := self._missing():
            if not all(one.asked for one in missing) or deadline.passed:
                self._give_up(missing)
            suspects, several = self._refused(missing)
            if not suspects:
                suspects, several = self._unloaded(missing), True
            if several:
                self._release_each(sorted(suspects), deadline)
            if self.routes.judge(self.judge):
                self._give_up(missing)
        refused = self.routes.told
        # Nothing has been held back since it was written.
        text = self._written or ""
        return Published(text, self.routes.parts, refused, frozenset(self._by_traefik & refused.keys()))

    def _missing(self) -> tuple[NotLive, ...]:
        """Write what is chosen now; return what Traefik has not taken of it, but for what it had not before either."""
        text, before = to_text(self.routes.document), self.file.read() if self._tries else self._written
        self._written = text
        return self.file.replace(text, before, self._is_kept)

    def _tried(self, seconds: float) -> tuple[NotLive, ...] | None:
        """Do the same for a short time; None where Traefik loads nothing of it."""
        self._tries += 1
        digest = sha256(repr((self._tries, self.previous, to_text(self.routes.document))).encode()).hexdigest()
        missing = self.file.tried(self.routes.document, f"phoenix-sync-proof-{digest[:12]}", seconds)
        return None if missing is None else tuple(one for one in missing if not self._is_kept(one))

    def _is_kept(self, one: NotLive) -> bool:
        if not one.path or not self.routes.kept:
            return False
        parts = self.routes.parts
        return bool(owners_of([one.path], {owner: parts[owner] for owner in self.routes.kept}))

    def _refused(self, missing: Iterable[NotLive]) -> tuple[frozenset[str], bool]:
        """Hold back whose items Traefik has and refuses; return them, and whether some may be there without a fault.

        A router fails for a middleware of somebody else, too.
        """
        parts, changed = self.routes.parts, self.routes.changed
        document = merge_routes(parts.values())
        found: dict[str, list[Fault]] = {}
        mixed = False
        for one in missing:
            if not one.refused:
                continue
            own = owners_of([one.path], parts)
            led_to = owners_of(reached(document, one.path), parts) & changed
            blamed = (own & changed | led_to) or own
            mixed |= len(blamed) > 1
            for owner in blamed:
                found.setdefault(owner, []).append(Fault(one.path, one.text))
        self._hold(found)
        return frozenset(found), mixed

    def _unloaded(self, missing: tuple[NotLive, ...]) -> frozenset[str]:
        """Hold back all that is new, since Traefik has loaded nothing; prove that it loads the rest."""
        changed = self.routes.changed
        if not changed or self.file.broken_neighbours():
            self._give_up(missing)
        self._hold({owner: _not_loaded(self.routes.parts[owner]) for owner in changed})
        begun = self.file.clock.now()
        if self.routes.judge(self.judge) or (refused := self._tried(PROOF_SECONDS)) is None:
            self._give_up(missing)
        self._seconds = min(PROOF_SECONDS, self.file.clock.now() - begun + _PATIENCE_SECONDS)
        self._refused(refused)
        return changed

    def _release_each(self, suspects: Sequence[str], deadline: Deadline) -> None:
        """Take whatever Traefik takes of what these want, of whom some are to blame: try halves of them."""
        if len(suspects) < 2:
            return
        middle = len(suspects) // 2
        for group in (suspects[:middle], suspects[middle:]):
            self._release(group, deadline)

    def _release(self, group: Sequence[str], deadline: Deadline) -> None:
        if deadline.passed:
            for owner in group:
                self.routes.reasons[owner] = (Fault("", _UNTRIED),)
            return
        held = self.routes.copy()
        self.routes.release(group)
        sound = not self.routes.judge(self.judge) and set(group) <= self.routes.changed
        missing = self._tried(self._seconds if len(group) > 1 else PROOF_SECONDS) if sound else None
        if missing == ():
            return
        tried, self.routes = self.routes, held
        for owner in group:
            own = tried.reasons.get(owner) or tuple(_of(owner, missing or (), tried.parts))
            held.reasons[owner] = own or held.reasons[owner]
        self._release_each(group, deadline)

    def _hold(self, found: Mapping[str, Sequence[Fault]]) -> None:
        for owner, faults in found.items():
            self.routes.hold(owner, faults)
            self._by_traefik.add(owner)

    def _give_up(self, missing: tuple[NotLive, ...]) -> NoReturn:
        """Put the previous file back.

        Raises:
            RevertedError: Always, or a ProductError where there is nothing to put back.
        """
        file = self.file
        seen = "; ".join(map(str, missing))
        expected = f"every router and service enabled within {PROOF_SECONDS:g} s" + file.broken_neighbours()
        kind: type[ProductError] | type[RevertedError] = ProductError
        if file.read() == self.previous:
            what = f"Traefik does not have what {file.name} says; the file is as it was"
        elif loadable(self.previous) is None:
            what = f"Traefik did not take {file.name}; it stays, since the file before it could not be loaded at all"
        else:
            what, kind = f"Traefik did not take {file.name}; {file.put_back(self.previous)}", RevertedError
        raise kind(what, where=file.target, seen=seen, expected=expected, next_step=LOOK_INTO_LOG)


def _of(owner: str, missing: Iterable[NotLive], parts: Parts) -> list[Fault]:
    own = {owner: parts.get(owner, {})}
    return [Fault(one.path, one.text) for one in missing if owners_of([one.path], own)]


def _not_loaded(part: DynamicConfiguration) -> list[Fault]:
    first = next((".".join(name) for name in names_in(part)), "")
    return [Fault(first, _NOT_LOADED)]
