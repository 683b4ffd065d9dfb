"""`cluster.FirewallLegacy`: the firewall options of the datacenter."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.answers import as_bool, as_text, of_kind
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.errors import ApiError, IncompleteError, PluginError, doing
from phoenix_providers.lab.proxmoxve.properties import POLICIES, Kind, Property
from phoenix_providers.lab.proxmoxve.resource_type import ResourceType, State

_PATH = "cluster/firewall/options"
_ID = "cluster-firewall"
_LIMIT = (
    Property("burst", Kind.NUMBER, default=5),
    Property("enabled", Kind.SWITCH, default=True),
    Property(
        "rate",
        Kind.TEXT,
        default="1/second",
        pattern=("[1-9][0-9]*/(second|minute|hour|day)", "Must be a valid rate expression, e.g. '1/second'"),
    ),
)
_POLICIES = {"policy_in": "inputPolicy", "policy_out": "outputPolicy", "policy_forward": "forwardPolicy"}
_SWITCHES = {"ebtables": "ebtables", "enable": "enabled"}


class ClusterOptions(ResourceType):
    """Always written with all fields; a switch that is left out is written as off."""

    token = "proxmoxve:cluster/firewallLegacy:FirewallLegacy"
    properties = (
        Property("ebtables", Kind.SWITCH),
        Property("enabled", Kind.SWITCH),
        Property("forwardPolicy", Kind.TEXT, default="ACCEPT", choices=("ACCEPT", "DROP")),
        Property("inputPolicy", Kind.TEXT, default="DROP", choices=POLICIES),
        Property("logRatelimit", Kind.OBJECT, default={item.name: item.default for item in _LIMIT}, fields=_LIMIT),
        Property("outputPolicy", Kind.TEXT, default="ACCEPT", choices=POLICIES),
    )

    def state_of_import(self, import_id: str) -> State | None:
        """Take any id; it is kept."""
        return {"id": import_id} if import_id else None

    def id_of(self, state: Mapping[str, Any]) -> str:
        """Return the one id, or the one that was imported."""
        return str(state.get("id", _ID))

    def id_after_update(self, identifier: str, wanted: Mapping[str, Any]) -> str:
        """Return the one id; what was imported under another has it from now on."""
        del identifier, wanted
        return _ID

    def create(self, connection: Connection, wanted: State) -> State:
        """Overwrite what is there."""
        self._write(connection, wanted)
        try:
            return self.read(connection, wanted)
        except PluginError as error:
            raise IncompleteError(wanted, error.reasons) from None

    def read(self, connection: Connection, state: State) -> State:
        """One request; what Proxmox does not mention stays as it was known."""
        found = dict(state)
        with doing("error retrieving options"):
            answer = of_kind(connection.get(_PATH), dict)
            for key, name in _SWITCHES.items():
                if answer.get(key) is not None:
                    found[name] = as_bool(answer[key])
            for key, name in _POLICIES.items():
                policy = as_text(answer, key)
                if policy is not None:
                    found[name] = policy
            limit = as_text(answer, "log_ratelimit")
            if limit is not None:
                found["logRatelimit"] = _limit_of(limit)
        return found

    def update(self, connection: Connection, state: State, wanted: State) -> State:
        """Write, then read."""
        del state
        self._write(connection, wanted)
        return self.read(connection, wanted)

    def _write(self, connection: Connection, wanted: State) -> None:
        form = {key: str(int(bool(wanted.get(name)))) for key, name in _SWITCHES.items()}
        form |= {key: wanted[name] for key, name in _POLICIES.items()}
        limit = wanted["logRatelimit"]
        if limit:
            form["log_ratelimit"] = f"enable={int(limit['enabled'])},burst={limit['burst']},rate={limit['rate']}"
        with doing("error setting options"):
            connection.write("PUT", _PATH, form)


def _limit_of(text: str) -> dict[str, Any]:
    parts = {name or "enable": value for name, _, value in (part.strip().rpartition("=") for part in text.split(","))}
    if "burst" not in parts or "rate" not in parts:
        _die()
    try:
        burst = int(parts["burst"])
    except ValueError:
        problem = f'failed to parse burst: strconv.Atoi: parsing "{parts["burst"]}": invalid syntax'
        raise ApiError(f"failed to decode HTTP GET response (path: {_PATH}) - Reason: {problem}") from None
    return {"burst": burst, "enabled": parts.get("enable") == "1", "rate": parts["rate"]}


def _die() -> None:
    """End the process, as the real plugin does: it takes both parts for granted."""
    sys.stderr.write("panic: runtime error: invalid memory address or nil pointer dereference (log_ratelimit)\n")
    sys.stderr.flush()
    os._exit(2)
