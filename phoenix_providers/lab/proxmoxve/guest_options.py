"""`firewall.OptionsLegacy`: the firewall options of a VM or container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.answers import as_bool, as_text, of_kind
from phoenix_providers.lab.proxmoxve.checks import Failure
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.errors import IncompleteError, PluginError, doing
from phoenix_providers.lab.proxmoxve.firewall_scope import firewall_path, guest_of_import, hashed_id
from phoenix_providers.lab.proxmoxve.properties import GUEST_IDS, LOG_LEVELS, POLICIES, Kind, Property
from phoenix_providers.lab.proxmoxve.resource_type import ResourceType, State

_SWITCHES = {
    "dhcp": "dhcp",
    "enable": "enabled",
    "ipfilter": "ipfilter",
    "macfilter": "macfilter",
    "ndp": "ndp",
    "radv": "radv",
}
_TEXTS = {
    "log_level_in": "logLevelIn",
    "log_level_out": "logLevelOut",
    "policy_in": "inputPolicy",
    "policy_out": "outputPolicy",
}


class GuestOptions(ResourceType):
    """Always written with all ten fields; neither node nor guest makes a new object."""

    token = "proxmoxve:firewall/optionsLegacy:OptionsLegacy"
    properties = (
        Property("containerId", Kind.NUMBER, span=GUEST_IDS),
        Property("dhcp", Kind.SWITCH, default=False),
        Property("enabled", Kind.SWITCH, default=False),
        Property("inputPolicy", Kind.TEXT, default="DROP", choices=POLICIES),
        Property("ipfilter", Kind.SWITCH),
        Property("logLevelIn", Kind.TEXT, default="nolog", choices=LOG_LEVELS),
        Property("logLevelOut", Kind.TEXT, default="nolog", choices=LOG_LEVELS),
        Property("macfilter", Kind.SWITCH, default=True),
        Property("ndp", Kind.SWITCH, default=False),
        Property("nodeName", Kind.TEXT, required=True),
        Property("outputPolicy", Kind.TEXT, default="ACCEPT", choices=POLICIES),
        Property("radv", Kind.SWITCH, default=True),
        Property("vmId", Kind.NUMBER, span=GUEST_IDS),
    )

    def more_failures(self, inputs: Mapping[str, Any]) -> Iterator[Failure]:
        """A VM or a container, not both."""
        named = sum(inputs.get(name) is not None for name in ("containerId", "vmId"))
        if named == 1:
            return
        problem = "one of `container_id,vm_id` must be specified"
        if named:
            problem = "only one of `container_id,vm_id` can be specified, but `container_id,vm_id` were specified."
        for name, written in (("containerId", "container_id"), ("vmId", "vm_id")):
            yield Failure(name, f'Invalid combination of arguments. "{written}": {problem}')

    def state_of_import(self, import_id: str) -> State | None:
        """Take `vm/NODE/ID` or `container/NODE/ID`."""
        return guest_of_import(import_id)

    def id_of(self, state: Mapping[str, Any]) -> str:
        """Return a hash of the path."""
        return hashed_id("options", _path(state))

    def id_after_update(self, identifier: str, wanted: Mapping[str, Any]) -> str:
        """Return the id of the guest that was written to."""
        del identifier
        return self.id_of(wanted)

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
            answer = of_kind(connection.get(_path(state)), dict)
            for key, name in _SWITCHES.items():
                if answer.get(key) is not None:
                    found[name] = as_bool(answer[key])
            for key, name in _TEXTS.items():
                text = as_text(answer, key)
                if text is not None:
                    found[name] = text
        return found

    def update(self, connection: Connection, state: State, wanted: State) -> State:
        """Write, then read twice, as measured."""
        del state
        self._write(connection, wanted)
        return self.read(connection, self.read(connection, wanted))

    def _write(self, connection: Connection, wanted: State) -> None:
        form = {key: str(int(bool(wanted.get(name)))) for key, name in _SWITCHES.items()}
        form |= {key: wanted[name] for key, name in _TEXTS.items()}
        with doing("error setting options"):
            connection.write("PUT", _path(wanted), form)


def _path(state: Mapping[str, Any]) -> str:
    return f"{firewall_path(state)}/options"
