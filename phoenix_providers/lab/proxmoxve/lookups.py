"""The functions of the plugin: what a program may look up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.node_dns import NodeDns
from phoenix_providers.lab.proxmoxve.node_hosts import NodeHosts
from phoenix_providers.lab.proxmoxve.properties import Kind, Property


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


class Lookup(NamedTuple):
    """One function: what it is given, and what it does with it."""

    properties: tuple[Property, ...]
    look_up: Callable[[Connection, Mapping[str, Any]], dict[str, Any]]


_NODE = (Property("nodeName", Kind.TEXT, required=True),)

LOOKUPS: Mapping[str, Lookup] = {
    "proxmoxve:index/getDnsLegacy:getDnsLegacy": Lookup(_NODE, _dns),
    "proxmoxve:index/getHostsLegacy:getHostsLegacy": Lookup(_NODE, _hosts),
    "proxmoxve:index/getVersion:getVersion": Lookup((), _version),
}
