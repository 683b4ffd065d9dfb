"""Resources of the Proxmox plugin: read through our own client, compared as the plugin compares.

Its own process would have to be started, and asks for each rule by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from phoenix_providers.cli.imitated_engine.steps import Comparison
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.planning.proxmox.plugin_reading import hosts_read, resolver_read, rules_read, same_rules
from phoenix_providers.resources.provider import has_unknown

RULES = "proxmoxve:firewall/rulesLegacy:RulesLegacy"
HOSTS = "proxmoxve:index/hostsLegacy:HostsLegacy"
RESOLVER = "proxmoxve:index/dnsLegacy:DnsLegacy"
_PLACE = ("nodeName", "vmId", "containerId")


class PluginKind:
    """Looks at Proxmox. What older versions have declared beside these three leaves, and is not asked for."""

    def __init__(self, proxmox: Callable[[], ProxmoxSettings]) -> None:
        self._proxmox = proxmox

    def read(self, stored: StoredResource) -> StoredResource | None:
        """Read the object; the plugin never takes one for gone."""
        live = self._live(stored)
        inputs = {name: _no_longer(value, live.get(name, value)) for name, value in stored.inputs.items()}
        return replace(stored, inputs=inputs, outputs={**stored.outputs, **live})

    def check(self, _urn: str, _old: StoredResource | None, inputs: Properties) -> Properties:
        """Return what is declared: the program says all of it, and only what the plugin takes."""
        return inputs

    def compare(self, old: StoredResource, inputs: Properties, ignored: tuple[str, ...]) -> Comparison:
        """Compare property by property."""
        names = {name for name in (*_PLACE, *inputs) if name not in ignored and not name.startswith("__")}
        changed = [name for name in sorted(names) if _differs(name, old.outputs.get(name), inputs.get(name))]
        replaces = [name for name in changed if old.type == RESOLVER and name == "nodeName"]
        return Comparison(bool(changed), replaces)

    def _live(self, stored: StoredResource) -> Properties:
        outputs = stored.outputs
        node = str(outputs.get("nodeName") or "")
        if stored.type == RULES:
            return {"rules": rules_read(self._proxmox().rules(_path(outputs)))}
        if stored.type == HOSTS:
            return {"entry": hosts_read(self._proxmox().hosts(node))}
        if stored.type == RESOLVER:
            return resolver_read(self._proxmox().resolver(node))
        return {}


def _differs(name: str, had: Any, wanted: Any) -> bool:
    if has_unknown(wanted):
        return True
    if name == "rules":
        return not same_rules(had or [], wanted or [])
    return (had or None) != (wanted or None)


def _no_longer(old: Any, live: Any) -> Any:
    """Return an input as the plugin rewrites it in a refresh: lists do not grow."""
    return live[: len(old)] if isinstance(old, list) and isinstance(live, list) else live


def _path(outputs: StoredProperties) -> str:
    node = outputs.get("nodeName")
    for key, kind in (("vmId", "qemu"), ("containerId", "lxc")):
        if outputs.get(key):
            return f"nodes/{node}/{kind}/{int(outputs[key])}"
    return f"nodes/{node}" if node else "cluster"
