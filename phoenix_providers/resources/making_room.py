"""A stack that leaves in this run makes room for one that needs what it holds: its routes are withdrawn first."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from phoenix_providers.errors import ProductError
from phoenix_providers.planning.our_files import STACKS_FILE
from phoenix_providers.resources.connections import Connections
from phoenix_providers.resources.publication import publish_parts
from phoenix_providers.resources.traefik_file import TraefikFile, loadable

# Whoever has the rest of the file: it is not theirs to answer for now.
_OTHERS = "@others"


class MakingRoom:
    """What leaves one environment in this run.

    Each is {name, successors, project, environment, routes, target, api}; `routes` has the names of its routes that
    no other stack has, by protocol and kind. It stays until all `successors` run. Nothing leaves in a run for some
    targets. Environments go by their names: a Portainer that has lost its data counts anew.
    """

    def __init__(self, connections: Connections, environment: str) -> None:
        self._connections = connections
        self._environment = environment

    @property
    def leaving(self) -> frozenset[str]:
        """The projects that leave this environment."""
        found = (one for one in self._connections.leaving if one["environment"] == self._environment)
        return frozenset(str(one["project"]) for one in found)

    def withdraw(self, project: str) -> bool:
        """Withdraw the routes of a project if it leaves; whoever asked may remove it then.

        Raises:
            PhoenixError: They cannot be withdrawn; nothing is removed then.
        """
        for one in self._connections.leaving:
            if (one["project"], one["environment"]) == (project, self._environment):
                self._withdraw(one)
                print(f"{project} leaves, and makes room before its time", file=sys.stderr)
                return True
        return False

    def _withdraw(self, leaving: Mapping[str, Any]) -> None:
        if not leaving["target"]:
            return
        props = {"file": STACKS_FILE, "target": leaving["target"], "api": leaving["api"]}
        text = TraefikFile.of(self._connections, props).read()
        if text is None:
            return
        document = loadable(text)
        if document is None:
            raise ProductError(
                f"{STACKS_FILE} cannot be read, so no route can be taken out of it", where=props["target"]
            )
        own, others = (_part(document, leaving["routes"], named=named) for named in (True, False))
        if own:
            self._connections.withdrawn = True
            before = {_OTHERS: others, leaving["project"]: own}
            publish_parts(self._connections, {**props, "parts": {_OTHERS: others}}, before, _say)


def _part(document: Mapping[str, Any], names: Mapping[str, Mapping[str, Any]], *, named: bool) -> dict[str, Any]:
    """Return these of a document, or all others; Traefik refuses sections without content, so there are none."""
    left: dict[str, dict[str, Any]] = {}
    for protocol, kinds in document.items():
        for kind, items in kinds.items():
            meant = names.get(protocol, {}).get(kind, ())
            if kept := {name: item for name, item in items.items() if (name in meant) is named}:
                left.setdefault(protocol, {})[kind] = kept
    return left


def _say(line: str) -> None:
    print(line, file=sys.stderr)
