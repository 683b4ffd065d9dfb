"""What a refresh makes of the inputs: those that are there, with the values that were found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from phoenix_providers.lab.proxmoxve.inputs import DEFAULTS


class _Rewritten(NamedTuple):
    value: Any
    unchanged: bool


def refreshed(inputs: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs after a refresh; lists do not grow, and a `__defaults` with nothing in it goes."""
    result: dict[str, Any] = _without_empty_lists(_object(inputs, found).value)
    return result


def _object(inputs: Mapping[str, Any], found: Mapping[str, Any]) -> _Rewritten:
    kept = {name: _rewritten(value, found[name]) for name, value in inputs.items() if name in found}
    result = {name: one.value for name, one in kept.items()}
    if DEFAULTS not in inputs:
        return _Rewritten(result, unchanged=True)
    defaults = sorted(name for name in inputs[DEFAULTS] if name in kept and kept[name].unchanged)
    # The list itself is never found on Proxmox, so an object that has one always counts as changed.
    return _Rewritten(result | {DEFAULTS: defaults}, unchanged=False)


def _rewritten(old: Any, found: Any) -> _Rewritten:
    if isinstance(old, Mapping) and isinstance(found, Mapping):
        return _object(old, found)
    if isinstance(old, list) and isinstance(found, list):
        elements = [_rewritten(one, other) for one, other in zip(old, found, strict=False)]
        unchanged = len(old) <= len(found) and all(one.unchanged for one in elements)
        return _Rewritten([one.value for one in elements], unchanged)
    return _Rewritten(found, type(old) is type(found) and old == found)


def _without_empty_lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_empty_lists(inner) for name, inner in value.items() if name != DEFAULTS or inner}
    if isinstance(value, list):
        return [_without_empty_lists(inner) for inner in value]
    return value
