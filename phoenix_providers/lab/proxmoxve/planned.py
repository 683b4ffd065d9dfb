"""The state that an update or create is expected to leave, before anything was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.lab.proxmoxve.inputs import plain
from phoenix_providers.lab.proxmoxve.properties import Property


def planned_update(
    properties: Sequence[Property], state: Mapping[str, Any], wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the wanted values, with what Proxmox alone decides as it was."""
    result: dict[str, Any] = plain(wanted)
    for item in properties:
        if item.computed and item.name in state:
            result[item.name] = state[item.name]
        elif item.fields and isinstance(result.get(item.name), list):
            olds = state.get(item.name) or []
            result[item.name] = [
                planned_update(item.fields, olds[index] if index < len(olds) else {}, element)
                for index, element in enumerate(result[item.name])
                if isinstance(element, Mapping)
            ]
    return result


def planned_create(properties: Sequence[Property], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the wanted values, with what Proxmox alone decides as unknown."""
    result: dict[str, Any] = plain(wanted)
    return result | {item.name: UNKNOWN for item in properties if item.computed}
