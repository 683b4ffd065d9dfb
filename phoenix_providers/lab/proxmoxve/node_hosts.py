"""`HostsLegacy`: the hosts file of a node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.answers import as_text, of_kind
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.errors import doing
from phoenix_providers.lab.proxmoxve.properties import Kind, Property
from phoenix_providers.lab.proxmoxve.resource_type import ResourceType, State

_ENTRY = (
    Property("address", Kind.TEXT, required=True),
    Property("hostnames", Kind.TEXTS, required=True, least=1),
)


class NodeHosts(ResourceType):
    """Owns the whole file: comments, blank lines and entries that are not listed go with the first write."""

    token = "proxmoxve:index/hostsLegacy:HostsLegacy"
    properties = (
        Property("entry", Kind.OBJECTS, required=True, least=1, fields=_ENTRY),
        Property("nodeName", Kind.TEXT, required=True),
        Property("addresses", Kind.TEXTS, computed=True),
        Property("digest", Kind.TEXT, computed=True),
        Property("entries", Kind.OBJECTS, computed=True),
        Property("hostnames", Kind.OBJECTS, computed=True),
    )

    def state_of_import(self, import_id: str) -> State | None:
        """Take the node's name."""
        return {"nodeName": import_id}

    def id_of(self, state: Mapping[str, Any]) -> str:
        """Return the node's name with a suffix."""
        return f"{state['nodeName']}_hosts"

    def create(self, connection: Connection, wanted: State) -> State:
        """Overwrite what is there."""
        return self.update(connection, wanted, wanted)

    def read(self, connection: Connection, state: State) -> State:
        """One request."""
        with doing("error retrieving hosts configuration"):
            answer = of_kind(connection.get(_path(state)), dict)
            entries, digest = hosts_entries(as_text(answer, "data") or ""), as_text(answer, "digest") or ""
        return state | {
            "addresses": [entry["address"] for entry in entries],
            "digest": digest,
            "entries": entries,
            "entry": entries,
            "hostnames": [entry["hostnames"] for entry in entries],
        }

    def update(self, connection: Connection, state: State, wanted: State) -> State:
        """Write without a digest, so that the last writer wins; then read."""
        del state
        lines = [" ".join([entry["address"], *entry["hostnames"]]) + "\n" for entry in wanted["entry"]]
        with doing("error updating hosts configuration"):
            connection.write("POST", _path(wanted), {"data": "".join(lines)})
        return self.read(connection, wanted)


def hosts_entries(text: str) -> list[dict[str, Any]]:
    """Read a hosts file: lines that start with `#` or white space are left out; a later `#` is a name like any."""
    found = []
    for line in text.split("\n"):
        if not line or line[0] in "# \t":
            continue
        address, *names = line.replace("\t", " ").split(" ")
        found.append({"address": address, "hostnames": [name for name in names if name]})
    return found


def _path(state: Mapping[str, Any]) -> str:
    return f"nodes/{state['nodeName']}/hosts"
