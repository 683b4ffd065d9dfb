"""Inputs of resources: defaults, and what a refresh and an import make of them.

`__defaults` lists the properties of an object that were filled in. A refresh rewrites the inputs that are there with
what it found, and drops the `__defaults` of the objects in lists. From then on nobody knows which values of those
objects were the user's, and the next check takes the old value at the same index for whatever a rule leaves out: a rule
switched off by hand stays off without a word, and a rule that moves to the place of one that is off is switched off.
Measured with the real plugin for `enabled`. The other fields of a rule have defaults too and go through the same code
of the plugin's bridge, as its source says. Every field written on every rule avoids it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phoenix_providers.lab.proxmoxve.properties import Property

DEFAULTS = "__defaults"


def with_defaults(
    properties: Sequence[Property], given: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the inputs with what was left out; `before` are the inputs of the last run."""
    before = before or {}
    filled = {name: value for name, value in given.items() if value is not None and name != DEFAULTS}
    for item in properties:
        if item.fields and item.name in filled:
            filled[item.name] = _nested(item, filled[item.name], before.get(item.name))
    missing = [item for item in properties if item.default is not None and item.name not in filled]
    for item in missing:
        default = _default(item, before)
        filled[item.name] = with_defaults(item.fields, default) if isinstance(default, dict) else default
    return filled | {DEFAULTS: sorted(item.name for item in missing)}


def refreshed(old: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs after a refresh: the ones that are there, with the values found."""
    unchanged = [name for name in old.get(DEFAULTS, []) if plain(old.get(name)) == found.get(name)]
    result: dict[str, Any] = _rewritten(old, found)
    return result | {DEFAULTS: unchanged}


def imported(properties: Sequence[Property], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs that would have made what was found; what is as by default is left out."""
    result: dict[str, Any] = {DEFAULTS: []}
    for item in properties:
        value = found.get(item.name)
        if item.computed or value is None:
            continue
        usual = value == item.default if item.default is not None else not value
        if item.required or not usual:
            result[item.name] = _imported_value(item, value)
    return result


def plain(value: Any) -> Any:
    """Return a value without `__defaults`, at any depth."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items() if name != DEFAULTS}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def _nested(item: Property, value: Any, before: Any) -> Any:
    if isinstance(value, Mapping):
        return with_defaults(item.fields, value, before if isinstance(before, Mapping) else None)
    if not isinstance(value, list):
        return value
    olds = before if isinstance(before, list) else []
    return [
        with_defaults(item.fields, element, olds[index] if index < len(olds) else None)
        if isinstance(element, Mapping)
        else element
        for index, element in enumerate(value)
    ]


def _default(item: Property, before: Mapping[str, Any]) -> Any:
    filled_in_before = item.name in before and item.name in before.get(DEFAULTS, [item.name])
    return before[item.name] if item.sticky and filled_in_before else item.default


def _rewritten(old: Any, found: Any) -> Any:
    if isinstance(old, Mapping) and isinstance(found, Mapping):
        kept = {name: _rewritten(value, found[name]) for name, value in old.items() if name in found}
        return {name: value for name, value in kept.items() if value is not None}
    if isinstance(old, list) and isinstance(found, list):
        return [_rewritten(one, other) for one, other in zip(old, found, strict=False)]
    return found


def _imported_value(item: Property, value: Any) -> Any:
    if item.fields and isinstance(value, list):
        return [imported(item.fields, element) for element in value]
    if item.fields:
        return imported(item.fields, value)
    return value
