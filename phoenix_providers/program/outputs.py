"""What the run tells other programs and people: the outputs of the Pulumi stack.

All of it comes from the outputs of resources, of which those that are out of scope give their old ones. One that was
never made, and is not made in this run, gives nothing, and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pulumi

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.planning.dns.backends.table import BACKENDS
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site import outputs
from phoenix_providers.program.gathered import gathered
from phoenix_providers.program.site import Site
from phoenix_providers.resources.inventory import Inventory
from phoenix_providers.resources.portainer_endpoint import PortainerEndpoint
from phoenix_providers.resources.portainer_stack import PortainerStack
from phoenix_providers.resources.traefik_config import TraefikConfig

_OF_STACK = ("environment", "project", "compose", "blocked", "failure", "stack_id")


def export(
    site: Site,
    infrastructure: Sequence[TraefikConfig],
    environments: Mapping[int, PortainerEndpoint],
    stacks: Mapping[str, PortainerStack],
    final: Sequence[TraefikConfig],
    judged: pulumi.Output[outputs.VerdictOutput],
) -> None:
    """Export all of it.

    Nothing may wait for the verdict itself: so a run that it fails has its outputs all the same, unless the engine ends
    before it takes them; then those of the run before stay.
    """
    pulumi.export("routes", _routes(site, infrastructure, stacks, final))
    pulumi.export("records", _records(site))
    pulumi.export("environments", _environments(site, environments))
    pulumi.export("stacks", _stacks(site, stacks))
    pulumi.export("verdict", judged)
    pulumi.export("version", _version())


def _version() -> str:
    """Return the version that runs; nothing where it is not installed, or just being installed anew."""
    try:
        return version("phoenix-sync")
    except PackageNotFoundError:
        return ""


def _routes(
    site: Site,
    infrastructure: Sequence[TraefikConfig],
    stacks: Mapping[str, PortainerStack],
    final: Sequence[TraefikConfig],
) -> pulumi.Output[Any]:
    unreached = site.handover.unreached_for
    parts: dict[str, pulumi.Input[Any]] = {
        name: stack.published for name, stack in stacks.items() if name not in unreached
    }
    parts |= {stack.resource_name: stack.routes for stack in site.plan.stacks if stack.bootstrap}
    # A run for one stack publishes nothing of those that are no resource.
    scoped = site.declared is not None
    untouched = {one.resource_name for one in site.plan.stacks if one.keeps_routes or (one.bootstrap and scoped)}
    before = site.published
    leaving = {name: before[name] for name in _leaving(site, stacks) if name in before}

    def told(found: StoredProperties) -> dict[str, outputs.RouteOutput]:
        stays = {*untouched, *(found["refused"] or {})}
        published = {
            name: before.get(name, {}) if name in stays else part or {} for name, part in found["parts"].items()
        }
        return outputs.route_outputs(site.plan, found["text"] or "", {**published, **leaving})

    refused: pulumi.Input[Any] = final[0].refused if final else {}
    text: pulumi.Input[str] = infrastructure[0].text if infrastructure else ""
    return gathered({"parts": parts, "refused": refused, "text": text}).apply(told)


def _records(site: Site) -> pulumi.Output[Any]:
    backend = BACKENDS[site.plan.publication.backend]
    records = site.tree.resources.get(backend.recorded_as(site.plan.node))
    inventory = site.tree.resources.get("inventory")
    if records is None or not isinstance(inventory, Inventory):
        return gathered({})
    found = gathered([getattr(records, backend.told_by), inventory.records])
    return found.apply(
        lambda told: outputs.record_outputs(backend.published({backend.told_by: told[0]}) or {}, told[1] or ())
    )


def _environments(site: Site, environments: Mapping[int, PortainerEndpoint]) -> pulumi.Output[Any]:
    plans = {plan.vmid: plan for plan in site.plan.environments}
    said = {str(vmid): [one.environment, one.environment_id, one.url] for vmid, one in environments.items()}

    def told(found: Mapping[str, Sequence[Any]]) -> dict[str, outputs.EnvironmentOutput]:
        known = {vmid: values for vmid, values in found.items() if values[0]}
        return {
            name: outputs.environment_output(plans[int(vmid)], number, url)
            for vmid, (name, number, url) in known.items()
        }

    return gathered(said).apply(told)


def _leaving(site: Site, stacks: Mapping[str, PortainerStack]) -> dict[str, RecordedStack]:
    """Return what has left the files, in a run for one stack: it stays until the next full run."""
    if site.declared is None:
        return {}
    return {name: one for name, one in site.known_stacks.items() if name not in stacks}


def _stacks(site: Site, stacks: Mapping[str, PortainerStack]) -> pulumi.Output[Any]:
    left_alone = {stack.resource_name for stack in site.plan.stacks if stack.untouched} | {*site.handover.unreached_for}
    leaving = {
        name: {"environment": one.environment, "project": one.project, "compose": one.compose}
        for name, one in _leaving(site, stacks).items()
    }
    said = {name: {key: getattr(stack, key) for key in _OF_STACK} for name, stack in stacks.items()}

    def told(found: Mapping[str, StoredProperties]) -> dict[str, outputs.StackOutput]:
        known = {name: one for name, one in sorted({**found, **leaving}.items()) if one.get("project")}
        return {
            name: outputs.stack_output(one, is_left_alone=name in left_alone or name in leaving)
            for name, one in known.items()
        }

    return gathered(said).apply(told)
