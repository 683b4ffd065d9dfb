"""Outputs of our resources, for whoever reads them from the state."""

from __future__ import annotations

from phoenix_providers.models.engine_properties import EngineRecord, Properties
from phoenix_providers.planning.stacks.stored_stack import remembered
from phoenix_providers.resources.engine_values import from_engine
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.traefik_config import PARTS

_TEXTS = (PARTS, "routes", "live_routes")


def outputs_of(resource: EngineRecord) -> Properties:
    """Return the outputs as our providers gave them, whichever version has stored them."""
    stored = dict(resource.get("outputs") or {})
    outputs = from_engine({**stored, **{key: unpacked(stored[key]) for key in _TEXTS if key in stored}})
    return remembered(outputs) if str(resource.get("type")).endswith(":PortainerStack") else outputs
