"""Outputs of our resources, for whoever reads them from the state."""

from __future__ import annotations

from collections.abc import Collection

from phoenix_providers.models.engine_properties import EngineRecord, Properties, StoredProperties
from phoenix_providers.planning.stacks.stored_stack import remembered
from phoenix_providers.resources.engine_values import from_engine
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.traefik_config import PARTS

_TEXTS = (PARTS, "routes", "live_routes")
# Others have a plain text of that name.
_OF_STACKS = (*_TEXTS, "server")


def outputs_of(resource: EngineRecord) -> Properties:
    """Return the outputs as our providers gave them, whichever version has stored them."""
    outputs = _as_given(resource.get("outputs") or {}, _TEXTS)
    return remembered(outputs) if str(resource.get("type")).endswith(":PortainerStack") else outputs


def stack_as_given(properties: StoredProperties) -> Properties:
    """Return a stack's inputs or outputs as its provider has them."""
    return remembered(_as_given(properties, _OF_STACKS))


def _as_given(properties: StoredProperties, texts: Collection[str]) -> Properties:
    found: Properties = from_engine(
        {**properties, **{key: unpacked(properties[key]) for key in texts if key in properties}}
    )
    return found
