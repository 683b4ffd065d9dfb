"""Routes that stacks declare and nobody has published, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration
from phoenix_providers.planning.routes.refused_routes import Refusal
from phoenix_providers.planning.site_plan import StackPlan

_NEVER_HEALTHY = "the stack was never healthy"


def unpublished_routes(
    stacks: Mapping[str, StoredProperties], parts: Mapping[str, DynamicConfiguration], refused: Mapping[str, Refusal]
) -> dict[str, tuple[DynamicConfiguration, str]]:
    """Return what is missing of the routes of each stack, and why.

    Args:
        stacks: What the state has of each, by resource name.
        parts: Published dynamic configuration, by owner.
        refused: What Traefik would not take, by owner.
    """
    found: dict[str, tuple[DynamicConfiguration, str]] = {}
    for name, kept in stacks.items():
        if name in refused:
            reason = "; ".join(fault.reason for fault in refused[name].faults)
        elif not kept.get("live_routes"):
            reason = str(kept.get("failure") or _NEVER_HEALTHY).partition("\n")[0]
        else:
            continue
        if missing := _without(kept.get("routes") or {}, parts.get(name) or {}, name.rpartition("@")[2]):
            found[name] = missing, reason
    return found


def without_route(stack: StackPlan) -> tuple[str, str]:
    """Return why nothing of a declared stack is routed, as far as the files tell, and what to do."""
    if stack.problems:
        return stack.problems[0].message, "phoenix render   (it shows all that blocks)"
    if not stack.routes:
        return "none of its labels declares a route", "traefik_labels in its phoenix.yaml, if it shall have one"
    return "it was not synced with its routes yet", f"phoenix sync stack {stack.name} to {stack.vmid}"


def _without(declared: DynamicConfiguration, published: DynamicConfiguration, vmid: str) -> NewConfiguration:
    """Return the protocols of which a router is missing; services stay, since routers lead to them."""
    found: NewConfiguration = {}
    for protocol, part in declared.items():
        there = (published.get(protocol) or {}).get("routers") or {}
        # Where two stacks have one name, each has got its VM's number behind it.
        missing = {
            name: router
            for name, router in (part.get("routers") or {}).items()
            if not any(one == name or one.startswith(f"{name}-{vmid}") for one in there)
        }
        if missing:
            found[protocol] = {**part, "routers": missing}
    return found
