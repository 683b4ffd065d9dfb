"""Nested inputs on their way from the program to `check`, as one text.

The SDK serializes every text of a nested value by itself, and program, engine and provider each take them apart again:
of a site with 100 stacks that was a quarter of the program's time. What holds outputs goes as it always did, for those
are not known yet. Nothing of this is stored: `check` gives inputs back as they were declared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from phoenix_providers.models.engine_properties import Properties, StoredProperties

NESTED = "__nested"


def as_sent(properties: StoredProperties) -> StoredProperties:
    """Return what the program sends of properties that the engine can carry."""
    texts = {key: text for key, value in properties.items() if (text := _as_text(value))}
    if not texts:
        return properties
    whole = ",".join(f"{json.dumps(key)}:{text}" for key, text in texts.items())
    # Each key stays, so that the resource has an output of that name.
    return {**properties, **dict.fromkeys(texts), NESTED: f"{{{whole}}}"}


def as_declared(properties: StoredProperties) -> Properties:
    """Return properties with the nested ones among them again, but for those that the engine keeps as they were."""
    rest = {key: value for key, value in properties.items() if key != NESTED}
    nested: Properties = json.loads(properties.get(NESTED) or "{}")
    return rest | {key: value for key, value in nested.items() if rest.get(key) is None}


def _as_text(value: object) -> str:
    if not isinstance(value, Mapping | list):
        return ""
    try:
        return json.dumps(value, separators=(",", ":"), sort_keys=True)
    except TypeError:
        # There is an output in it.
        return ""
