"""Whether all that takes the place of a stack could be deployed, before that one makes room for the first of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from phoenix_providers.errors import ProductError
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.stacks.image_fetching import ImageFetching
from phoenix_providers.operations.stacks.lookup import StackLookup
from phoenix_providers.operations.stacks.preflight import Preflight
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.stacks.content import WantedStack
from phoenix_providers.planning.stacks.leaving.arriving_stack import ArrivingStack
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack


class Successors:
    """What comes in this run, whichever stack is brought up first."""

    def __init__(self, connections: ClientsOfRun, environment: str, seconds: float) -> None:
        self._connections = connections
        self._environment = environment
        self._seconds = seconds

    def content_problems(self, name: str, projects: Collection[str]) -> tuple[str, ...]:
        """Return what is known to keep others than `name` from the place of these projects, by name."""
        told: dict[str, None] = {}
        seen, waiting = {name}, list(projects)
        while waiting:
            project = waiting.pop()
            for one in self._leaving(project):
                told |= dict.fromkeys(f"{other}: it is blocked" for other in one.blocked)
                for other in one.successors:
                    if other not in seen and other in self._connections.notes.arriving:
                        seen.add(other)
                        reasons, needed = self._judged(other, self._connections.notes.arriving[other])
                        told |= dict.fromkeys(f"{other}: {reason}" for reason in reasons)
                        waiting += needed
        return tuple(told)

    def _leaving(self, project: str) -> Iterator[LeavingStack]:
        for one in self._connections.notes.leaving:
            if one.place == (self._environment, project):
                yield one

    def _judged(self, name: str, one: ArrivingStack) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what keeps it from being deployed, and which more have to make room for it."""
        if name in self._connections.notes.failed or (one.environment, one.project) in self._connections.notes.in_vain:
            return ("it has failed in this run",), ()
        try:
            reasons, needed = self._looked_at(name, one)
        except ProductError as error:
            reasons, needed = (f"{error.label}: {error.explanation.what}",), ()
        return tuple(redact(reason, one.content.env.values()) for reason in reasons), needed

    def _looked_at(self, name: str, one: ArrivingStack) -> tuple[tuple[str, ...], tuple[str, ...]]:
        access, settings = self._connections.portainer(one.server), self._connections.settings
        number = next((item.id for item in access.environments.all() if item.name == one.environment), 0)
        if not number:
            return (f"Portainer's environment {one.environment!r} is not available",), ()
        docker = access.docker(number)
        content = one.content
        wanted = WantedStack(one.project, number, content)
        lookup = StackLookup(access.stacks, access.environments, docker)
        preflight = Preflight(access.stacks, docker, access.server)
        record = lookup.find(wanted.project, number)
        live = lookup.look(record, content) if record is not None else None
        if live is not None and not live.differs(content):
            return live.broken, ()
        if one.failed_digest == content.digest and name not in settings.retry:
            return ("its content failed to deploy before",), ()
        if faults := preflight.faults(wanted):
            return faults, ()
        digest, reason = one.unpulled
        recorded = reason if digest == content.digest else ""
        if missing := ImageFetching(docker, self._seconds).fetch(wanted.compose, recorded):
            return missing, ()
        here = {item.project for item in self._connections.notes.leaving if item.environment == one.environment}
        conflicts = preflight.conflicts(wanted, record, here, take_over=name in settings.take_over)
        needed = () if one.environment != self._environment else preflight.holders(wanted)
        return conflicts, tuple(project for project in needed if project in here)
