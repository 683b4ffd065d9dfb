"""A stack that leaves in this run makes room for one that needs what it holds: its routes are withdrawn first."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator

from phoenix_providers.errors import ProductError
from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration, NewSection
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.stacks.leaving.successors import Successors
from phoenix_providers.operations.traefik.file import TraefikFile
from phoenix_providers.operations.traefik.publication import publish_parts
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack, RouteNames
from phoenix_providers.planning.stacks.leaving.removed import Removed
from phoenix_providers.planning.traefik.file_names import STACKS_FILE
from phoenix_providers.planning.traefik.structure_check import loadable

# Whoever has the rest of the file: it is not theirs to answer for now.
_OTHERS = "@others"


class MakingRoom:
    """What leaves one environment in this run.

    Nothing leaves in a run for some targets.
    """

    def __init__(self, connections: ClientsOfRun, environment: str, name: str) -> None:
        self._connections = connections
        self._notes = connections.notes
        self._environment = environment
        self._name = name
        self._made: set[str] = set()

    @property
    def leaving(self) -> frozenset[str]:
        """The projects that leave this environment."""
        return frozenset(one.project for one in self._notes.leaving if one.environment == self._environment)

    @property
    def removed(self) -> tuple[Removed, ...]:
        """What made room for this stack, or for others in the same place, and is gone."""
        gone = self._notes.removed
        found = (gone.get((self._environment, one.project), ()) for one in self._notes.leaving)
        mine = {one.project for one in self._mine()}
        return tuple(item for items in found for item in items if item.project in mine | self._made)

    @property
    def is_restored(self) -> bool:
        """Whether what this stack should replace made room in this run, and is back."""
        back = self._notes.returned
        return any((self._environment, one.project) in back for one in self._mine())

    @property
    def fellows(self) -> frozenset[str]:
        """The projects that take the same places."""
        known = self._notes.arriving
        names = {name for one in self._mine() for name in one.successors if name in known}
        return frozenset(known[name].project for name in names)

    @property
    def in_vain(self) -> frozenset[str]:
        """The projects of this environment that came in this run where others made room, and do not run."""
        return frozenset(project for where, project in self._notes.in_vain if where == self._environment)

    def missing(self) -> Iterator[Removed]:
        """Yield what should leave once this stack runs, as the state has it; nothing that made room in this run."""
        notes = self._notes
        for one in self._mine():
            if one.environment == self._environment and one.place not in notes.removed:
                content = notes.departing.get(one.name)
                yield Removed(one.project, content, "an earlier run had removed it", was_cut_off=True)

    def gone(self, removed: Removed) -> None:
        """Note that something has made room."""
        self._made.add(removed.project)
        place = self._environment, removed.project
        self._notes.removed[place] = (*self._notes.removed.get(place, ()), removed)

    def returned(self, project: str) -> None:
        """Note that it is back."""
        place = self._environment, project
        self._notes.removed.pop(place, None)
        self._notes.returned.add(place)

    def failed(self, project: str) -> None:
        """Note that something has come in vain."""
        self._notes.in_vain.add((self._environment, project))

    def content_problems(self, projects: Collection[str], seconds: float) -> tuple[str, ...]:
        """Return why projects that leave make no room yet: not all that takes their place would run, and be reached."""
        gone = [one for one in self._notes.leaving if one.environment == self._environment]
        closed = {name for one in gone if one.project in projects for name in self._notes.kept_out_of(one)}
        if closed:
            return tuple(f"{name}: the firewall keeps Traefik from it" for name in sorted(closed))
        return Successors(self._connections, self._environment, seconds).content_problems(self._name, projects)

    def withdraw(self, project: str) -> bool:
        """Withdraw the routes of a project if it leaves; whoever asked may remove it then.

        Raises:
            PhoenixError: They cannot be withdrawn; nothing is removed then.
        """
        for one in self._notes.leaving:
            if one.place == (self._environment, project):
                self._withdraw(one)
                print(f"{project} leaves, and makes room before its time", file=sys.stderr)
                return True
        return False

    def _mine(self) -> list[LeavingStack]:
        return [one for one in self._notes.leaving if self._name in one.taken_by]

    def _withdraw(self, leaving: LeavingStack) -> None:
        if not leaving.target:
            return
        props = {"file": STACKS_FILE, "target": leaving.target, "api": leaving.api}
        text = TraefikFile.of(self._connections, props).read()
        if text is None:
            return
        document = loadable(text)
        if document is None:
            raise ProductError(
                f"{STACKS_FILE} cannot be read, so no route can be taken out of it",
                where=props["target"],
                next_step=f"move {STACKS_FILE} away there, then run the same command again: it writes a new one",
            )
        own, others = (_part(document, leaving.routes, named=named) for named in (True, False))
        if own:
            self._notes.withdrawn = True
            before = {_OTHERS: others, leaving.project: own}
            publish_parts(self._connections, {**props, "parts": {_OTHERS: others}}, before, _say)


def _part(document: DynamicConfiguration, names: RouteNames, *, named: bool) -> NewConfiguration:
    """Return these of a document, or all others; Traefik refuses sections without content, so there are none."""
    left: dict[str, NewSection] = {}
    for protocol, kinds in document.items():
        for kind, items in kinds.items():
            meant = names.get(protocol, {}).get(kind, ())
            if kept := {name: item for name, item in items.items() if (name in meant) is named}:
                left.setdefault(protocol, {})[kind] = kept
    return left


def _say(line: str) -> None:
    print(line, file=sys.stderr)
