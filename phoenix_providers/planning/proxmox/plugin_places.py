"""Where on Proxmox the plugin reads what the state has of it: a place that is gone ends its refresh with an error."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from phoenix_providers.models.engine_properties import EngineRecord, StoredProperties

_PLUGINS = "proxmoxve:"

# A node, and the number of a guest there; 0 for the node itself.
Place = tuple[str, int]


def plugin_places(resources: Iterable[EngineRecord]) -> frozenset[Place]:
    """Return the nodes and guests of which the state has resources of the plugin; the datacenter is always there."""
    found = (
        _place(item) for item in resources if str(item.get("type")).startswith(_PLUGINS) and not item.get("delete")
    )
    return frozenset(place for place in found if place[0])


def is_any_gone(places: Iterable[Place], guests: Mapping[int, str], nodes: Collection[str]) -> bool:
    """Whether a place is not where the state has it.

    Args:
        places: Those of the state.
        guests: The node of every guest, by number.
        nodes: All nodes.
    """
    return any(guests.get(guest) != node if guest else node not in nodes for node, guest in places)


def _place(resource: EngineRecord) -> Place:
    known: StoredProperties = resource.get("outputs") or resource.get("inputs") or {}
    return str(known.get("nodeName") or ""), int(known.get("vmId") or known.get("containerId") or 0)
