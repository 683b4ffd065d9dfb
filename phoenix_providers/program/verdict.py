"""The end: say what is not as declared, after everything that could be done has been done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from phoenix_providers.planning.site_plan import StackPlan
from phoenix_providers.program.portainer import reason
from phoenix_providers.program.removals import Watch
from phoenix_providers.program.site import Site, after
from phoenix_providers.resources.dns_answers import DnsAnswers
from phoenix_providers.resources.portainer_endpoint import PortainerEndpoint
from phoenix_providers.resources.portainer_registry import PortainerRegistry
from phoenix_providers.resources.portainer_stack import PortainerStack
from phoenix_providers.resources.traefik_config import TraefikConfig
from phoenix_providers.resources.verdict import Verdict


def declare(
    site: Site,
    environments: Mapping[int, PortainerEndpoint],
    registries: Mapping[str, PortainerRegistry],
    stacks: Mapping[str, PortainerStack],
    answers: DnsAnswers | None,
    final: Sequence[TraefikConfig],
    watch: Watch,
) -> None:
    """Declare the verdict behind everything else."""
    removals = watch.closed(["verdict"])
    if not site.declares("verdict"):
        return
    failures: dict[str, pulumi.Input[str]] = {
        f"environment@{vmid}": item.failure for vmid, item in environments.items()
    }
    failures |= {name: item.failure for name, item in registries.items()}
    failures |= {name: item.failure for name, item in stacks.items()}
    others: list[pulumi.Resource] = [*environments.values(), *registries.values(), *stacks.values()]
    if answers is not None:
        failures["dns-answers"] = answers.failure
        others.append(answers)
    for published in final:
        failures |= {
            stack.resource_name: _with_routes(failures.get(stack.resource_name, ""), published, stack.resource_name)
            for stack in site.plan.stacks
            if stack.demands_answer and site.declares(stack.resource_name)
        }
    blocked: dict[str, pulumi.Input[str]] = {
        plan.resource_name: _with_failure(plan, failures.get(plan.resource_name, ""))
        for plan in site.plan.stacks
        if site.declares(plan.resource_name) and plan.problems
    }
    blocked |= {
        plan.resource_name: plan.blocked
        for plan in site.plan.environments
        if plan.blocked and site.declares(plan.resource_name)
    }
    options = after([*final, *others])
    Verdict("verdict", sorted(failures), blocked, failures, removals.names, removals.last_word, options)


def _with_failure(plan: StackPlan, failure: pulumi.Input[str]) -> pulumi.Input[str]:
    """Return what blocks; a stack of which only the routes are blocked is deployed, which may fail as well."""
    blocked = reason(plan.problems)
    if plan.blocking:
        return blocked
    return pulumi.Output.from_input(failure).apply(lambda text: f"{blocked}\n{text}" if text else blocked)


def _with_routes(failure: pulumi.Input[str], published: TraefikConfig, name: str) -> pulumi.Output[str]:
    """Return why a stack is not as declared, or else why its routes are not answered."""
    return pulumi.Output.all(failure, published.unanswered).apply(
        lambda found: str(found[0] or (found[1] or {}).get(name) or "")
    )
