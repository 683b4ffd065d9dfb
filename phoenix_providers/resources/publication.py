"""Publishing a file in Traefik: judge, write, prove, and put the last one back if the proof fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.clients.delivery.same_place import leads_to_same_place
from phoenix_providers.clients.delivery.target import Delivery
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ConfigurationError, Explanation, ProductError, RevertedError, UnreachableError
from phoenix_providers.planning.config_faults import config_faults, shadowed
from phoenix_providers.planning.documents import UnreadableDocumentError, to_document, to_text
from phoenix_providers.planning.our_files import OUR_FILES
from phoenix_providers.planning.partial_routes import held_back, owners_of
from phoenix_providers.planning.proof import still_there, unproven
from phoenix_providers.planning.structure_faults import Fault, structure_faults
from phoenix_providers.planning.surroundings import Kind, names_of_ours, read_other, united
from phoenix_providers.resources.connections import Connections
from phoenix_providers.resources.traefik_surroundings import look_around

# Traefik collects file events for two seconds before it loads them (providersThrottleDuration).
_PROOF_SECONDS = 15.0
# How long a difference may last before it is one: shorter ones are reloads that are under way.
_RELOAD_SECONDS = 3.0
_PAUSE_SECONDS = 0.2
_LOOK_INTO_LOG = "look into Traefik's log"
Say = Callable[[str], None]
Names = Mapping[Kind, frozenset[str]]


def publish(connections: Connections, wanted: Mapping[str, Any], say: Say) -> None:
    """Make the file's text live; unchanged text is not written again, so that Traefik does not reload.

    Raises:
        ConfigurationError: Traefik would not take some of it. Stacks without a mistake have their routes all the
            same, and those with one keep what they had.
        RevertedError: Traefik did not take it; the previous file is back.
    """
    publication = _Publication.of(connections, wanted)
    document = to_document(str(wanted["text"]))
    around = look_around(publication.delivery, publication.api)
    faults = config_faults(document, around)
    if not faults:
        publication.run(str(wanted["text"]), say)
        return
    owners = owners_of(faults, wanted.get("parts") or {})
    if owners and len(owners) < len(wanted["parts"]):
        for instead in held_back(wanted["parts"], owners, publication.previous()):
            if not config_faults(instead, around):
                publication.run(to_text(instead), say)
                raise _refusal(
                    f"{publication.file} was written without what is new of {', '.join(sorted(owners))}", faults
                )
    raise _refusal(f"{publication.file} was not written", faults)


def withdraw(connections: Connections, props: Mapping[str, Any], kept: str = "") -> None:
    """Remove the file and wait until Traefik has let its names go; those of the text `kept` may stay."""
    _Publication.of(connections, props).withdraw(names_of_ours(str(props.get("text", ""))), names_of_ours(kept))


def withdraw_from_old_place(connections: Connections, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
    """Remove the file where it was before, unless that is the same directory by another way."""
    places = [connections.delivery(str(props["target"])) for props in (news, olds)]
    if olds["file"] != news["file"] or not leads_to_same_place(*places):
        withdraw(connections, olds, kept=str(news["text"]))


def deviations(connections: Connections, props: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """Return how the running Traefik differs from our file, in words; empty without an API."""
    publication = _Publication.of(connections, props)
    if publication.api is None:
        return ()
    around = look_around(publication.delivery, publication.api)
    document = to_document(text)
    if taken := shadowed(document, around):
        return tuple(map(str, taken))
    return publication.wait(lambda: publication.unproven(document), _RELOAD_SECONDS)


def require_loadable(file: str, document: Mapping[str, Any]) -> None:
    """Raise unless Traefik could load the file by itself."""
    if faults := structure_faults(document):
        raise _refusal(f"{file} was not written", faults)


@dataclass(frozen=True)
class _Publication:
    """One file on its way."""

    file: str
    target: str
    delivery: Delivery
    api: TraefikApi | None
    clock: Clock

    @classmethod
    def of(cls, connections: Connections, props: Mapping[str, Any]) -> _Publication:
        target, api = str(props["target"]), str(props["api"] or "")
        return cls(
            str(props["file"]),
            target,
            connections.delivery(target),
            connections.traefik(api) if api else None,
            connections.clock,
        )

    def run(self, text: str, say: Say) -> None:
        document = to_document(text)
        previous = self.delivery.read(self.file)
        if previous != text:
            self.delivery.write(self.file, text)
        if self.api is None:
            say(f"{self.file}: no phoenix:traefikApiUrl is set, so it is not proven that Traefik took the routes")
            return
        reasons = self.wait(lambda: self.unproven(document), _RELOAD_SECONDS)
        if reasons and previous == text:
            # Traefik may have missed the event of an earlier write; another one costs nothing.
            self.delivery.write(self.file, text)
        if reasons:
            reasons = self.wait(lambda: self.unproven(document), _PROOF_SECONDS - _RELOAD_SECONDS)
        if reasons:
            raise self._not_taken(reasons, previous, unchanged=previous == text)

    def previous(self) -> Mapping[str, Any]:
        """Return what the file says now; nothing if it cannot be loaded."""
        text = self.delivery.read(self.file)
        return to_document(text) if text is not None and _is_loadable(text) else {}

    def withdraw(self, names: Names, kept: Names) -> None:
        text = self.delivery.read(self.file)
        self.delivery.remove(self.file)
        if left := self._gone(united(iter([names, names_of_ours(text)])), kept):
            raise ProductError(
                f"Traefik still has what {self.file} said, which is gone",
                where=self.target,
                seen=", ".join(left),
                expected="nothing of it" + self._broken_neighbours(),
                next_step=_LOOK_INTO_LOG,
            )

    def unproven(self, document: Mapping[str, Any]) -> tuple[str, ...]:
        try:
            return unproven(document, self._running())
        except UnreachableError as error:
            return (error.explanation.text().replace("\n", " "),)

    def wait(self, look: Callable[[], tuple[str, ...]], seconds: float) -> tuple[str, ...]:
        """Look until nothing is missing, or the time is up; return what was missing last."""
        deadline = Deadline.after(self.clock, seconds)
        while True:
            missing = look()
            if not missing or deadline.passed:
                return missing
            self.clock.sleep(_PAUSE_SECONDS)

    def _running(self) -> Mapping[str, Any]:
        return self.api.running() if self.api else {}

    def _gone(self, names: Names, kept: Names) -> tuple[str, ...]:
        """Wait until these names are gone, but for those that other files define; return what is left."""
        if self.api is None:
            return ()
        others = [read_other(name, text).names for name, text in self.delivery.neighbours({self.file}).items()]
        stay = [kept, *others]
        names = {kind: own.difference(*(other.get(kind, frozenset()) for other in stay)) for kind, own in names.items()}

        def look() -> tuple[str, ...]:
            try:
                return still_there(names, self._running())
            except UnreachableError as error:
                return (error.explanation.text().replace("\n", " "),)

        return self.wait(look, _PROOF_SECONDS)

    def _not_taken(
        self, reasons: tuple[str, ...], previous: str | None, *, unchanged: bool
    ) -> ProductError | RevertedError:
        seen = "; ".join(reasons)
        expected = f"every router and service enabled within {_PROOF_SECONDS:g} s" + self._broken_neighbours()
        if unchanged:
            what = f"Traefik does not have what {self.file} says; the file is as declared"
            return ProductError(what, where=self.target, seen=seen, expected=expected, next_step=_LOOK_INTO_LOG)
        if not _is_loadable(previous):
            what = f"Traefik did not take {self.file}; it stays, since the file before it could not be loaded at all"
            return ProductError(what, where=self.target, seen=seen, expected=expected, next_step=_LOOK_INTO_LOG)
        came_back = self._put_back(previous, names_of_ours(self.delivery.read(self.file)))
        what = f"Traefik did not take {self.file}; {came_back}"
        return RevertedError(what, where=self.target, seen=seen, expected=expected, next_step=_LOOK_INTO_LOG)

    def _put_back(self, previous: str | None, new: Names) -> str:
        """Restore what was there, and say whether its return is proven."""
        if previous is None:
            self.delivery.remove(self.file)
            left = self._gone(new, {})
            return "it is removed again" + (f", but Traefik still has {', '.join(left)}" if left else "")
        self.delivery.write(self.file, previous)
        document = to_document(previous)
        if left := self.wait(lambda: self.unproven(document), _PROOF_SECONDS):
            return f"the previous file is back, but Traefik does not show it: {'; '.join(left)}"
        return "the previous file is back, and Traefik shows it"

    def _broken_neighbours(self) -> str:
        """Name files of others that keep Traefik from loading anything, as far as they can be told."""
        try:
            others = [read_other(name, text) for name, text in self.delivery.neighbours(OUR_FILES).items()]
        except ProductError:
            return ""
        broken = [f"{other.file} ({other.broken})" for other in others if other.broken]
        return f"; while a file is broken Traefik loads none, and broken is {', '.join(broken)}" if broken else ""


def _is_loadable(text: str | None) -> bool:
    try:
        return not structure_faults(to_document(text or ""))
    except UnreadableDocumentError:
        return False


def _refusal(what: str, faults: tuple[Fault, ...]) -> ConfigurationError:
    reasons = tuple(Explanation(fault.reason, fault.path, "", fault.expected) for fault in faults)
    return ConfigurationError(f"{what}: Traefik would not take it", reasons)
