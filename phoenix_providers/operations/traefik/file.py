"""One of our files in Traefik's directory, and what the running Traefik has of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from phoenix_providers.clients.delivery.target import Delivery
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import ProductError, UnreachableError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.traefik_records import DynamicConfiguration, RunningConfiguration
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.traefik.file_names import OUR_FILES
from phoenix_providers.planning.traefik.file_text import to_document, to_text
from phoenix_providers.planning.traefik.live_check import NotLive, live_items, still_there, unproven
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.planning.traefik.pending_changes import PendingChanges
from phoenix_providers.planning.traefik.structure_check import loadable
from phoenix_providers.planning.traefik.surroundings import Kind, defined_names, names_of_ours, read_other, united

# Traefik collects file events for two seconds before it loads them (providersThrottleDuration).
PROOF_SECONDS = 15.0
LOOK_INTO_LOG = "look into Traefik's log, and whether it watches this directory (phoenix:traefikTarget)"
# How long a difference may last before it is one: shorter ones are reloads that are under way.
_RELOAD_SECONDS = 3.0
# A Traefik that is set to load sooner is asked sooner.
_FIRST_PAUSE, _PAUSE_SECONDS = 0.05, 0.2
Names = Mapping[Kind, frozenset[str]]
Judge = Callable[[DynamicConfiguration], tuple[NotLive, ...]]
Tolerated = Callable[[NotLive], bool]


@dataclass(frozen=True)
class TraefikFile:
    """A file, the way to it, and Traefik's API; None where there is nobody to ask."""

    name: str
    target: str
    delivery: Delivery
    api: TraefikApi | None
    clock: Clock

    @classmethod
    def of(cls, connections: ClientsOfRun, props: StoredProperties) -> TraefikFile:
        """Return the file of a resource: {file, target, api}."""
        target, api = str(props["target"]), str(props["api"] or "")
        return cls(
            str(props["file"]),
            target,
            connections.delivery(target),
            connections.traefik(api) if api else None,
            connections.clock,
        )

    def read(self) -> str | None:
        """Return its text; None when there is none."""
        return self.delivery.read(self.name)

    def replace(self, text: str, previous: str | None, tolerated: Tolerated = lambda _: False) -> tuple[NotLive, ...]:
        """Write it unless it is there already; return what Traefik has not taken of it in time.

        What is `tolerated` is not waited for.
        """
        document = to_document(text)
        leaving = self._leaving(names_of_ours(previous), defined_names(document))
        changes = PendingChanges(loadable(previous) or {}, document, self._running_now())
        if previous != text:
            self.delivery.write(self.name, text)
        if self.api is None:
            return ()

        def look(pending: Judge) -> tuple[NotLive, ...]:
            return tuple(one for one in self._unproven(document, leaving, pending) if not tolerated(one))

        missing = self._wait(lambda: look(changes.unseen), _RELOAD_SECONDS)
        if missing and previous == text:
            # Traefik may have missed the event of an earlier write; another one costs nothing.
            self.delivery.write(self.name, text)
        return missing and self._wait(lambda: look(changes.refused), PROOF_SECONDS - _RELOAD_SECONDS)

    def tried(self, document: DynamicConfiguration, mark: str, seconds: float) -> tuple[NotLive, ...] | None:
        """Write a document, and a middleware called `mark` that nobody uses; None if Traefik does not load it in time.

        As soon as Traefik shows the mark, which has to be new, what it says of everything else is final: return what it
        has not taken.
        """
        marked = merge_routes([document, {"http": {"middlewares": {mark: {"addPrefix": {"prefix": "/"}}}}}])
        for _ in range(2):
            # Traefik may miss the event of one write.
            self.delivery.write(self.name, to_text(marked))
            deadline = Deadline.after(self.clock, seconds / 2)
            while not deadline.passed:
                running = self._running_now()
                if live_items(("http", "middlewares"), mark, running):
                    return unproven(document, running)
                self.clock.sleep(_PAUSE_SECONDS)
        return None

    def soon(self, document: DynamicConfiguration) -> tuple[NotLive, ...]:
        """Return what Traefik does not have, once a reload that is under way has had its time."""
        if self.api is not None and not unproven(document, self.api.running_lately()):
            return ()
        return self._wait(lambda: self._unproven(document, {}), _RELOAD_SECONDS)

    def remove(self, names: Names, kept: Names) -> tuple[NotLive, ...]:
        """Remove it; return what Traefik keeps of these names and the file's own, but for what `kept` allows."""
        text = self.read()
        self.delivery.remove(self.name)
        if self.api is None:
            return ()
        leaving = self._leaving(united(iter([names, names_of_ours(text)])), kept)
        return self._wait(lambda: self._unproven({}, leaving), PROOF_SECONDS)

    def put_back(self, previous: str | None) -> str:
        """Restore what was there, and say whether its return is proven."""
        if previous is None:
            left = self.remove({}, {})
            return "it is removed again" + (
                f", but Traefik has not let go: {'; '.join(map(str, left))}" if left else ""
            )
        if missing := self.replace(previous, self.read()):
            return f"the previous file is back, but Traefik does not show it: {'; '.join(map(str, missing))}"
        return "the previous file is back, and Traefik shows it"

    def broken_neighbours(self) -> str:
        """Name files of others that keep Traefik from loading anything, as far as they can be told."""
        try:
            others = [read_other(name, text) for name, text in self.delivery.other_files(OUR_FILES).items()]
        except ProductError:
            return ""
        broken = [f"{other.file} ({other.broken})" for other in others if other.broken]
        return f"; while a file is broken Traefik loads none, and broken is {', '.join(broken)}" if broken else ""

    def _unproven(
        self, document: DynamicConfiguration, leaving: Names, pending: Judge = lambda _: ()
    ) -> tuple[NotLive, ...]:
        try:
            running = self._running()
        except UnreachableError as error:
            return (NotLive("", error.explanation.text().replace("\n", " "), asked=False),)
        return (*unproven(document, running), *still_there(leaving, running), *pending(running))

    def _leaving(self, names: Names, kept: Names) -> Names:
        """Return the names that have to go, which are those that no other file defines."""
        going = {kind: own - kept.get(kind, frozenset()) for kind, own in names.items()}
        if not any(going.values()):
            return {}
        others = [read_other(name, text).names for name, text in self.delivery.other_files({self.name}).items()]
        return {kind: own.difference(*(other.get(kind, ()) for other in others)) for kind, own in going.items()}

    def _running(self) -> RunningConfiguration:
        return self.api.running() if self.api else {}

    def _running_now(self) -> RunningConfiguration:
        """Return what Traefik has before a write; a Traefik that is down has nothing."""
        try:
            return self._running()
        except UnreachableError:
            return {}

    def _wait(self, look: Callable[[], tuple[NotLive, ...]], seconds: float) -> tuple[NotLive, ...]:
        """Look until nothing is missing, or the time is up; return what was missing last."""
        deadline, pause = Deadline.after(self.clock, seconds), _FIRST_PAUSE
        while True:
            missing = look()
            if not missing or deadline.passed:
                return missing
            self.clock.sleep(pause)
            pause = min(1.5 * pause, _PAUSE_SECONDS)
