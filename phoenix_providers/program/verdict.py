"""The end: say what is not as declared, after everything that could be done has been done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pulumi

from phoenix_providers.program.portainer import blocked_reason
from phoenix_providers.program.site import Site, after
from phoenix_providers.resources.dns_answers import DnsAnswers
from phoenix_providers.resources.portainer_endpoint import PortainerEndpoint
from phoenix_providers.resources.portainer_registry import PortainerRegistry
from phoenix_providers.resources.portainer_stack import PortainerStack
from phoenix_providers.resources.verdict import Verdict


def declare(
    site: Site,
    environments: Mapping[int, PortainerEndpoint],
    registries: Mapping[str, PortainerRegistry],
    stacks: Mapping[str, PortainerStack],
    answers: DnsAnswers | None,
    before: Iterable[pulumi.Resource],
) -> None:
    """Declare the verdict behind everything else."""
    if not site.declares("verdict"):
        return
    failures = {f"environment@{vmid}": item.failure for vmid, item in environments.items()}
    failures |= {name: item.failure for name, item in registries.items()}
    failures |= {name: item.failure for name, item in stacks.items()}
    resources = [*before, *environments.values(), *registries.values(), *stacks.values()]
    if answers is not None:
        failures["dns-answers"] = answers.failure
        resources.append(answers)
    blocked = {
        plan.resource_name: reason
        for plan in site.plan.stacks
        if site.declares(plan.resource_name) and (reason := blocked_reason(plan))
    }
    Verdict("verdict", sorted(failures), blocked, failures, after(resources))
