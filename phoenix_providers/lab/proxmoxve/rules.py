"""`firewall.RulesLegacy`: the complete rule list of one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.checks import Failure
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.errors import IncompleteError, NoSuchRuleError, PluginError, joined
from phoenix_providers.lab.proxmoxve.firewall_scope import guest_of_import, hashed_id
from phoenix_providers.lab.proxmoxve.properties import GUEST_IDS, Kind, Property
from phoenix_providers.lab.proxmoxve.resource_type import ResourceType, State
from phoenix_providers.lab.proxmoxve.rule import RULE_PROPERTIES, form_to_change, signature
from phoenix_providers.lab.proxmoxve.rule_requests import Rule, RuleRequests, rules_path


class Rules(ResourceType):
    """Owns the whole list: foreign rules are drift. Proxmox puts every new rule on top."""

    token = "proxmoxve:firewall/rulesLegacy:RulesLegacy"
    properties = (
        Property("containerId", Kind.NUMBER, span=GUEST_IDS),
        Property("nodeName", Kind.TEXT),
        Property("rules", Kind.OBJECTS, default=[], fields=RULE_PROPERTIES, written="rule"),
        Property("vmId", Kind.NUMBER, span=GUEST_IDS),
    )

    def more_failures(self, inputs: Mapping[str, Any]) -> Iterator[Failure]:
        """A guest is found through its node."""
        for name, written, all_of in (
            ("containerId", "container_id", "container_id,node_name"),
            ("vmId", "vm_id", "node_name,vm_id"),
        ):
            if inputs.get(name) is not None and inputs.get("nodeName") is None:
                yield Failure(name, f'Missing required argument. "{written}": all of `{all_of}` must be specified')

    def state_of_import(self, import_id: str) -> State | None:
        """Take `cluster`, `node/NODE`, `vm/NODE/ID` or `container/NODE/ID`."""
        kind, _, node = import_id.partition("/")
        if import_id == "cluster":
            return {}
        if kind == "node" and node:
            return {"nodeName": node}
        return guest_of_import(import_id)

    def id_of(self, state: Mapping[str, Any]) -> str:
        """Return a hash of the path."""
        return hashed_id("rule", rules_path(state))

    def create(self, connection: Connection, wanted: State) -> State:
        """Write the last rule first, if there is no rule yet; one that fails does not stop the others."""
        requests = RuleRequests(connection, wanted)
        if requests.positions():
            raise PluginError("Existing rules detected. Aborting...")
        problems = []
        for rule in reversed(wanted["rules"]):
            try:
                requests.post(rule)
            except PluginError as error:
                problems.append(error)
        if problems:
            raise joined(problems)
        try:
            return self.read(connection, wanted)
        except PluginError as error:
            raise IncompleteError(wanted | {"rules": []}, error.reasons) from None

    def read(self, connection: Connection, state: State) -> State:
        """Ask for the list, then for every rule; one that has gone in between is left out."""
        requests = RuleRequests(connection, state)
        found, problems = [], []
        for position in requests.positions():
            try:
                found.append(requests.at(position))
            except NoSuchRuleError:
                continue
            except PluginError as error:
                problems.append(PluginError(f"error reading rule {position} : {error}"))
        if problems:
            raise joined(problems)
        return state | {"rules": found}

    def update(self, connection: Connection, state: State, wanted: State) -> State:
        """Add the new rules, move all to their places, write the known ones again, cut off the rest."""
        requests = RuleRequests(connection, wanted)
        partners = _add_missing(requests, state, wanted)
        for place, rule in enumerate(wanted["rules"]):
            requests.move(rule, place)

        def write(place: int) -> None:
            requests.put(place, form_to_change(wanted["rules"][place], partners[place]))

        problems = list(_problems(write, partners))
        for position in reversed(requests.positions()[len(wanted["rules"]) :]):
            try:
                requests.delete(position)
            except PluginError as error:
                raise joined([*problems, PluginError(f"could not delete rule at pos {position}: {error}")]) from None
        if problems:
            raise joined(problems)
        return self.read(connection, wanted)

    def delete(self, connection: Connection, state: State) -> None:
        """Delete by the positions that were recorded, the highest first, whatever stands there now."""
        requests = RuleRequests(connection, state)
        problems: list[PluginError] = []
        for position in sorted((int(rule.get("pos") or 0) for rule in state.get("rules") or []), reverse=True):
            try:
                requests.at(position)
            except NoSuchRuleError:
                continue
            except PluginError as error:
                told = PluginError(f"error checking rule at pos {position} before deletion: {error}")
                raise joined([*problems, told]) from None
            problems += _problems(requests.delete, [position])
        if problems:
            raise joined(problems)


def _problems(request: Callable[[int], None], positions: Iterable[int]) -> Iterator[PluginError]:
    """Do something at every position; one that fails does not stop the others."""
    for position in positions:
        try:
            request(position)
        except PluginError as error:
            yield error


def _add_missing(requests: RuleRequests, state: State, wanted: State) -> dict[int, Rule]:
    """Post every rule that has no partner in the recorded list; return the partners by wanted position."""
    known: dict[str, list[Rule]] = defaultdict(list)
    for rule in state.get("rules") or []:
        known[signature(rule)].append(rule)
    partners: dict[int, Rule] = {}
    for place, rule in enumerate(wanted["rules"]):
        same = known[signature(rule)]
        if same:
            partners[place] = same.pop(0)
            continue
        try:
            requests.post(rule)
        except PluginError as error:
            raise PluginError(f"could not create rule: {error}") from None
    return partners
