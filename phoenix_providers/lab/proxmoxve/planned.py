"""The state that an update or create is expected to leave, before anything was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.lab.proxmoxve.differences import differences
from phoenix_providers.lab.proxmoxve.inputs import completed
from phoenix_providers.lab.proxmoxve.properties import Kind, Property

_NOTHING = {Kind.TEXT: "", Kind.SWITCH: False, Kind.NUMBER: 0}


def planned_update(
    properties: Sequence[Property], state: Mapping[str, Any], inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what was wanted, with what Proxmox alone decides as it was.

    What is nothing on both sides (absent, empty, zero, off) stays as it was recorded, as Terraform has it.
    """
    plan = _planned(properties, state, completed(properties, inputs), made=None)
    places = [one.place for one in differences(properties, state, plan)]
    # That alone is no reason to write; with any other change it is written too.
    if all(state.get(place) is None and plan.get(place) is False for place in places):
        plan.update(dict.fromkeys(places))
    return plan


def recorded_after_failure(
    properties: Sequence[Property], state: Mapping[str, Any], inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is recorded when an update fails: the plan, with nothing left open where something was."""
    plan = emptied(properties, state, planned_update(properties, state, inputs))
    for item in properties:
        if item.fields and item.is_list:
            plan[item.name] = [_closed(item.fields, element) for element in plan[item.name]]
    return plan


def emptied(properties: Sequence[Property], state: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was wanted, with what had a value and has none any more as empty, zero or off."""
    gone = [item for item in properties if wanted.get(item.name) is None and state.get(item.name) is not None]
    return {**wanted, **{item.name: _NOTHING[item.kind] for item in gone if item.kind in _NOTHING}}


def planned_create(properties: Sequence[Property], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was wanted, with what Proxmox alone decides as unknown."""
    return _planned(properties, {}, completed(properties, inputs), made=UNKNOWN)


def _closed(properties: Sequence[Property], element: Any) -> Any:
    if not isinstance(element, Mapping):
        return element
    nothing = {item.name: _NOTHING.get(item.kind) for item in properties}
    return {name: nothing[name] if value is None else value for name, value in element.items()}


def _planned(
    properties: Sequence[Property], state: Mapping[str, Any], wanted: Mapping[str, Any], made: str | None
) -> dict[str, Any]:
    return {item.name: _of_value(item, state.get(item.name), wanted.get(item.name), made) for item in properties}


def _of_value(item: Property, had: Any, wants: Any, made: str | None) -> Any:
    if item.computed:
        return made if had is None else had
    if wants == UNKNOWN:
        return wants
    if item.is_list:
        return _of_list(item, had or [], wants or [], made)
    if isinstance(wants, Mapping):
        return _planned(item.fields, had or {}, wants, made)
    # A switch that is off is something else than one that nobody has ever set.
    return wants if wants or had or wants is False else had


def _of_list(item: Property, had: list[Any], wants: list[Any], made: str | None) -> Any:
    if UNKNOWN in wants:
        return UNKNOWN
    if not item.fields:
        return list(wants)
    return [
        _planned(item.fields, had[index] if index < len(had) else {}, element, made)
        if isinstance(element, Mapping)
        else element
        for index, element in enumerate(wants)
    ]
