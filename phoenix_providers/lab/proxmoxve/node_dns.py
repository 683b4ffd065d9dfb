"""`DnsLegacy`: resolv.conf of a node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.answers import as_text, of_kind
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.errors import doing
from phoenix_providers.lab.proxmoxve.properties import Kind, Property
from phoenix_providers.lab.proxmoxve.resource_type import ResourceType, State

_KEYS = ("dns1", "dns2", "dns3")


class NodeDns(ResourceType):
    """Written as a whole; a server that is not listed is dropped by Proxmox."""

    token = "proxmoxve:index/dnsLegacy:DnsLegacy"
    properties = (
        Property("domain", Kind.TEXT, required=True),
        Property("nodeName", Kind.TEXT, required=True, replaces=True),
        Property("servers", Kind.TEXTS, default=[], most=len(_KEYS)),
    )

    def state_of_import(self, import_id: str) -> State | None:
        """Take the node's name."""
        return {"nodeName": import_id}

    def id_of(self, state: Mapping[str, Any]) -> str:
        """Return the node's name with a suffix."""
        return f"{state['nodeName']}_dns"

    def create(self, connection: Connection, wanted: State) -> State:
        """Overwrite what is there."""
        return self.update(connection, wanted, wanted)

    def read(self, connection: Connection, state: State) -> State:
        """One request."""
        with doing("error retrieving DNS configuration"):
            answer = of_kind(connection.get(_path(state)), dict)
            servers = [server for key in _KEYS if (server := as_text(answer, key)) is not None]
            return state | {"domain": as_text(answer, "search") or "", "servers": servers}

    def update(self, connection: Connection, state: State, wanted: State) -> State:
        """Write, then read."""
        del state
        form = {"search": wanted["domain"], **dict(zip(_KEYS, wanted["servers"], strict=False))}
        with doing("error updating DNS configuration"):
            connection.write("PUT", _path(wanted), form)
        return self.read(connection, wanted)


def _path(state: Mapping[str, Any]) -> str:
    return f"nodes/{state['nodeName']}/dns"
