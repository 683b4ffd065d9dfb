"""The functions of the plugin: what a program may look up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.node_dns import NodeDns
from phoenix_providers.lab.proxmoxve.node_hosts import NodeHosts


def _dns(connection: Connection, arguments: Mapping[str, Any]) -> dict[str, Any]:
    found = NodeDns().read(connection, {"nodeName": arguments["nodeName"]})
    return found | {"id": NodeDns().id_of(found)}


def _hosts(connection: Connection, arguments: Mapping[str, Any]) -> dict[str, Any]:
    found = NodeHosts().read(connection, {"nodeName": arguments["nodeName"]})
    del found["entry"]
    return found | {"id": NodeHosts().id_of(found)}


def _version(connection: Connection, _arguments: Mapping[str, Any]) -> dict[str, Any]:
    answer = connection.get("version")
    return {
        "id": "version",
        "release": answer["release"],
        "repositoryId": answer["repoid"],
        "version": answer["version"],
    }


LOOKUPS: Mapping[str, Callable[[Connection, Mapping[str, Any]], dict[str, Any]]] = {
    "proxmoxve:index/getDnsLegacy:getDnsLegacy": _dns,
    "proxmoxve:index/getHostsLegacy:getHostsLegacy": _hosts,
    "proxmoxve:index/getVersion:getVersion": _version,
}
