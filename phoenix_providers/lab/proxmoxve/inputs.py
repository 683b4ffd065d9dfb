"""Inputs of resources: defaults, and what a refresh and an import make of them.

`__defaults` lists the properties of an object that were filled in. A refresh rewrites the inputs that are there with
what it found, takes what has changed out of `__defaults`, and drops the list where nothing is left in it. From then on
nobody knows which values of that object were the user's, and the next check takes the old value for whatever is left
out and has a default: a rule switched off by hand stays off without a word, a rule that moves to the place of one that
is off is switched off, and name servers that are no longer declared stay. Every field written on every rule avoids it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phoenix_providers.lab.proxmoxve.coercion import coerced
from phoenix_providers.lab.proxmoxve.properties import Kind, Property

DEFAULTS = "__defaults"


def with_defaults(
    properties: Sequence[Property], given: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the inputs with what was left out; `before` are the inputs of the last run.

    Errors:
        PluginError: a value that is not understood at all.
    """
    before = before or {}
    filled = {name: value for name, value in given.items() if value is not None and name != DEFAULTS}
    made = []
    for item in properties:
        if item.name in filled:
            filled[item.name] = _given(item, filled[item.name], before.get(item.name))
        elif _is_known(item, before):
            old = before[item.name]
            # An object that was not there is a value; anything else that was not there is none.
            if old is not None or item.kind is Kind.OBJECT:
                filled[item.name] = None if old is None else _given(item, old, None)
                made.append(item.name)
        elif item.default not in (None, "", False):
            filled[item.name] = item.default
            made.append(item.name)
    return filled | {DEFAULTS: sorted(made)}


def completed(properties: Sequence[Property], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return checked inputs as they are compared and sent: without `__defaults`, and with every default."""
    whole = {name: plain(value) for name, value in inputs.items() if name != DEFAULTS}
    for item in properties:
        value = whole.get(item.name)
        if value is None and item.default is not None and not (item.name in whole and item.kind is Kind.OBJECT):
            whole[item.name] = item.default
        elif item.fields and isinstance(value, list):
            whole[item.name] = [
                completed(item.fields, element) if isinstance(element, Mapping) else element for element in value
            ]
        elif item.fields and isinstance(value, Mapping):
            whole[item.name] = completed(item.fields, value)
    return whole


def imported(properties: Sequence[Property], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs that would have made what was found.

    What is as by default is left out, but what has no value is no default: it stands there as None.
    """
    result: dict[str, Any] = {DEFAULTS: []}
    for item in properties:
        value = _imported_value(item, found.get(item.name))
        if not item.computed and (item.required or not _is_usual(item, value)):
            result[item.name] = value
    return result


def plain(value: Any) -> Any:
    """Return a value without `__defaults`, at any depth."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items() if name != DEFAULTS}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def _given(item: Property, value: Any, before: Any) -> Any:
    value = coerced(item, value)
    if not item.fields:
        return value
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


def _is_known(item: Property, before: Mapping[str, Any]) -> bool:
    """Whether a value stood there before that may not have been the user's own; it is taken as the default then."""
    return item.default is not None and item.name in before and item.name in before.get(DEFAULTS, [item.name])


def _is_usual(item: Property, value: Any) -> bool:
    if item.default is None:
        return not value
    # A list or an object is never recognized as the default.
    return not isinstance(value, list | Mapping) and value == item.default


def _imported_value(item: Property, value: Any) -> Any:
    if item.fields and isinstance(value, list):
        return [imported(item.fields, element) for element in value]
    if item.fields and isinstance(value, Mapping):
        return imported(item.fields, value)
    return value
