"""How things were when the last run looked, as the state has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from phoenix_providers.models.engine_properties import EngineRecord, StoredProperties
from phoenix_providers.models.observed import AS_DECLARED
from phoenix_providers.planning.site.graph.overlay import Standing
from phoenix_providers.planning.site.outputs import stack_output
from phoenix_providers.planning.stacks.health import HealthStatus

_STACK, _ENVIRONMENT, _REGISTRY = "PortainerStack", "PortainerEndpoint", "PortainerRegistry"


def recorded_standings(resources: Iterable[EngineRecord]) -> Mapping[str, Standing]:
    """Return how stacks, environments and registries were, by the name of their resource."""
    found: dict[str, Standing] = {}
    for item in resources:
        kind, outputs = str(item["type"]).rpartition(":")[2], item.get("outputs") or {}
        if kind in {_STACK, _ENVIRONMENT, _REGISTRY} and not item.get("delete"):
            found[str(item["urn"]).rpartition("::")[2]] = _standing(kind, outputs)
    return found


def _standing(kind: str, outputs: StoredProperties) -> Standing:
    failure, blocked = _text(outputs.get("failure")), _text(outputs.get("blocked"))
    observed = _text(outputs.get("observed"))
    drift = "" if observed in {"", AS_DECLARED, failure} else observed
    health = stack_output(outputs)["health"] if kind == _STACK else _answers(failure, blocked)
    return Standing(health, drift, blocked or failure)


def _answers(failure: str, blocked: str) -> HealthStatus:
    if blocked:
        return HealthStatus.UNKNOWN
    return HealthStatus.DEGRADED if failure else HealthStatus.HEALTHY


def _text(value: object) -> str:
    """Return a text; what is secret is a map in an exported state, and is nobody's business."""
    return value.strip() if isinstance(value, str) else ""
