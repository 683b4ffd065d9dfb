"""`firewall.RulesLegacy`: the complete rule list of one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from phoenix_providers.lab.proxmoxve.checks import Failure
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.errors import IncompleteError, NoSuchRuleError, PluginError, joined
from phoenix_providers.lab.proxmoxve.firewall_scope import firewall_path, guest_of_import, hashed_id
from phoenix_providers.lab.proxmoxve.properties import Kind, Property
from phoenix_providers.lab.proxmoxve.resource_type import ResourceType, State
from phoenix_providers.lab.proxmoxve.rule import (
    RULE_PROPERTIES,
    form_to_change,
    form_to_create,
    rule_of,
    signature,
)

Rule = Mapping[str, Any]

_IMPORT_FORMS = "'cluster', 'vm/<node_name>/<vm_id>', or 'container/<node_name>/<container_id>'"


class Rules(ResourceType):
    """Owns the whole list: foreign rules are drift. Proxmox puts every new rule on top."""

    token = "proxmoxve:firewall/rulesLegacy:RulesLegacy"
    properties = (
        Property("containerId", Kind.NUMBER),
        Property("nodeName", Kind.TEXT),
        Property("rules", Kind.OBJECTS, default=[], fields=RULE_PROPERTIES),
        Property("vmId", Kind.NUMBER),
    )

    def more_failures(self, inputs: Mapping[str, Any]) -> Iterator[Failure]:
        """A guest is found through its node."""
        for name, written in (("vmId", "vm_id"), ("containerId", "container_id")):
            if inputs.get(name) and not inputs.get("nodeName"):
                yield Failure(name, f'Missing required argument: all of "node_name,{written}" must be specified')

    def state_of_import(self, import_id: str) -> State:
        """Take `cluster`, `node/NODE`, `vm/NODE/ID` or `container/NODE/ID`."""
        kind, _, node = import_id.partition("/")
        if import_id == "cluster":
            return {}
        if kind == "node" and node:
            return {"nodeName": node}
        return guest_of_import(import_id, _IMPORT_FORMS)

    def id_of(self, state: Mapping[str, Any]) -> str:
        """Return a hash of the path."""
        return hashed_id("rule", _path(state))

    def create(self, connection: Connection, wanted: State) -> State:
        """Write the last rule first, if there is no rule yet; one that fails does not stop the others."""
        if connection.get(_path(wanted)):
            raise PluginError("Existing rules detected. Aborting...")
        problems = []
        for rule in reversed(wanted["rules"]):
            try:
                _post(connection, wanted, rule)
            except PluginError as error:
                problems.append(error)
        if problems:
            raise joined(problems)
        try:
            return self.read(connection, wanted)
        except PluginError as error:
            raise IncompleteError(wanted | {"rules": []}, str(error)) from None

    def read(self, connection: Connection, state: State) -> State:
        """Ask for the list, then for every rule; one that has gone in between is left out."""
        found, problems = [], []
        for position in _positions(connection, state):
            try:
                found.append(_rule_at(connection, state, position))
            except NoSuchRuleError:
                continue
            except PluginError as error:
                problems.append(PluginError(f"error reading rule {position} : {error}"))
        if problems:
            raise joined(problems)
        return state | {"rules": found}

    def update(self, connection: Connection, state: State, wanted: State) -> State:
        """Add the new rules, move all to their places, write the known ones again, cut off the rest."""
        partners = _add_missing(connection, state, wanted)
        for place, rule in enumerate(wanted["rules"]):
            _move(connection, wanted, rule, place)
        problems = []
        for place, before in partners.items():
            form = form_to_change(wanted["rules"][place], before)
            try:
                connection.write("PUT", f"{_path(wanted)}/{place}", form)
            except PluginError as error:
                problems.append(PluginError(f"error updating firewall rule {place}: {error}"))
        for position in reversed(_positions(connection, wanted)[len(wanted["rules"]) :]):
            connection.write("DELETE", f"{_path(wanted)}/{position}")
        if problems:
            raise joined(problems)
        return self.read(connection, wanted)

    def delete(self, connection: Connection, state: State) -> None:
        """Delete by the positions that were recorded, the highest first, whatever stands there now."""
        problems = []
        for position in sorted((int(rule.get("pos") or 0) for rule in state.get("rules") or []), reverse=True):
            path = f"{_path(state)}/{position}"
            try:
                connection.get(path)
            except NoSuchRuleError:
                continue
            try:
                connection.write("DELETE", path)
            except PluginError as error:
                problems.append(PluginError(f"error deleting firewall rule {position}: {error}"))
        if problems:
            raise joined(problems)


def _path(state: Mapping[str, Any]) -> str:
    return f"{firewall_path(state)}/rules"


def _post(connection: Connection, wanted: State, rule: Rule) -> None:
    form = form_to_create(rule)
    try:
        connection.write("POST", _path(wanted), form)
    except PluginError as error:
        raise PluginError(f"error creating firewall rule: {error}") from None


def _positions(connection: Connection, state: State) -> list[int]:
    return [int(rule["pos"]) for rule in connection.get(_path(state))]


def _rule_at(connection: Connection, state: State, position: int) -> dict[str, Any]:
    return rule_of(connection.get(f"{_path(state)}/{position}"), position)


def _add_missing(connection: Connection, state: State, wanted: State) -> dict[int, Rule]:
    """Post every rule that has no partner in the recorded list; return the partners by wanted position."""
    known: dict[str, list[Rule]] = defaultdict(list)
    for rule in state.get("rules") or []:
        known[signature(rule)].append(rule)
    partners: dict[int, Rule] = {}
    for place, rule in enumerate(wanted["rules"]):
        same: Sequence[Rule] = known[signature(rule)]
        if same:
            partners[place] = known[signature(rule)].pop(0)
            continue
        try:
            _post(connection, wanted, rule)
        except PluginError as error:
            raise PluginError(f"could not create rule: {error}") from None
    return partners


def _move(connection: Connection, wanted: State, rule: Rule, place: int) -> None:
    """Look for a rule at its place and below, and move it up if need be."""
    for position in _positions(connection, wanted):
        if position < place:
            continue
        try:
            found = _rule_at(connection, wanted, position)
        except NoSuchRuleError:
            continue
        if signature(found) == signature(rule):
            if position != place:
                connection.write("PUT", f"{_path(wanted)}/{position}", {"moveto": str(place)})
            return
    raise PluginError(
        f'could not find rule with signature "{signature(rule)}" at or after position {place} during repositioning'
    )
