"""`firewall.OptionsLegacy`: the firewall options of a VM or container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.answers import as_bool, as_text
from phoenix_providers.lab.proxmoxve.checks import Failure
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.errors import IncompleteError, PluginError
from phoenix_providers.lab.proxmoxve.firewall_scope import firewall_path, guest_of_import, hashed_id
from phoenix_providers.lab.proxmoxve.properties import LOG_LEVELS, POLICIES, Kind, Property
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
        Property("containerId", Kind.NUMBER),
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
        Property("vmId", Kind.NUMBER),
    )

    def more_failures(self, inputs: Mapping[str, Any]) -> Iterator[Failure]:
        """A VM or a container, not both."""
        named = [name for name in ("containerId", "vmId") if inputs.get(name)]
        if not named:
            yield Failure("vmId", 'Invalid combination of arguments: one of "container_id,vm_id" must be specified')
        elif len(named) > 1:
            yield Failure("vmId", 'Invalid combination of arguments: only one of "container_id,vm_id" can be specified')

    def state_of_import(self, import_id: str) -> State:
        """Take `vm/NODE/ID` or `container/NODE/ID`."""
        return guest_of_import(import_id, "'vm/<node_name>/<vm_id>' or 'container/<node_name>/<container_id>'")

    def id_of(self, state: Mapping[str, Any]) -> str:
        """Return a hash of the path."""
        return hashed_id("options", _path(state))

    def create(self, connection: Connection, wanted: State) -> State:
        """Overwrite what is there."""
        self._write(connection, wanted)
        try:
            return self.read(connection, wanted)
        except PluginError as error:
            raise IncompleteError(wanted, str(error)) from None

    def read(self, connection: Connection, state: State) -> State:
        """One request; what Proxmox does not mention stays as it was known."""
        answer = connection.get(_path(state))
        found = dict(state)
        for key, name in _SWITCHES.items():
            if key in answer:
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
        connection.write("PUT", _path(wanted), form)


def _path(state: Mapping[str, Any]) -> str:
    return f"{firewall_path(state)}/options"
