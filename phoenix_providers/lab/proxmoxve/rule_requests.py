"""Requests about the rules of one place, with the real plugin's words for what fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.answers import of_kind
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.errors import NoSuchRuleError, PluginError, doing
from phoenix_providers.lab.proxmoxve.firewall_scope import firewall_path
from phoenix_providers.lab.proxmoxve.rule import form_to_create, rule_of, signature

Rule = Mapping[str, Any]


class RuleRequests:
    """Speaks about the rules of the place that a state or inputs name."""

    def __init__(self, connection: Connection, state: Mapping[str, Any]) -> None:
        self._connection = connection
        self._path = rules_path(state)

    def positions(self) -> list[int]:
        """Return where there are rules."""
        with doing("error retrieving firewall rules"):
            return [int(rule["pos"]) for rule in of_kind(self._connection.get(self._path), list)]

    def at(self, position: int) -> dict[str, Any]:
        """Return one rule.

        Errors:
            NoSuchRuleError: it has gone.
            ApiError: it cannot be read.
        """
        with doing(f"error retrieving firewall rule {position}"):
            return rule_of(of_kind(self._connection.get(f"{self._path}/{position}"), dict), position)

    def post(self, rule: Rule) -> None:
        """Put a new rule on top."""
        form = form_to_create(rule)
        with doing("error creating firewall rule"):
            self._connection.write("POST", self._path, form)

    def put(self, position: int, form: Mapping[str, str]) -> None:
        """Change or move a rule."""
        with doing(f"error updating firewall rule {position}"):
            self._connection.write("PUT", f"{self._path}/{position}", form)

    def delete(self, position: int) -> None:
        """Delete whatever rule stands there."""
        with doing(f"error deleting firewall rule {position}"):
            self._connection.write("DELETE", f"{self._path}/{position}")

    def move(self, rule: Rule, place: int) -> None:
        """Look for a rule at its place and below, and move it up if need be."""
        position = self._position_of(rule, place)
        if position == place:
            return
        try:
            self.put(position, {"moveto": str(place)})
        except PluginError as error:
            raise PluginError(f"could not move rule from pos {position} to {place}: {error}") from None

    def _position_of(self, rule: Rule, place: int) -> int:
        for position in self.positions():
            if position < place:
                continue
            try:
                found = self.at(position)
            except NoSuchRuleError:
                continue
            except PluginError as error:
                raise PluginError(f"could not read rule at pos {position}: {error}") from None
            if signature(found) == signature(rule):
                return position
        raise PluginError(
            f'could not find rule with signature "{signature(rule)}" at or after position {place} during repositioning'
        )


def rules_path(state: Mapping[str, Any]) -> str:
    """Return the path of the rule list that `nodeName`, `vmId` and `containerId` name."""
    return f"{firewall_path(state)}/rules"
