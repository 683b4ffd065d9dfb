"""The end: say what is not as declared, after everything that could be done has been done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from phoenix_providers.planning.routes.refused_routes import Refusal, told_refusal
from phoenix_providers.planning.site.outputs import VerdictOutput, verdict_output
from phoenix_providers.planning.site_plan import StackPlan
from phoenix_providers.program.gathered import gathered
from phoenix_providers.program.portainer import reason
from phoenix_providers.program.readiness import products
from phoenix_providers.program.removals import Watch
from phoenix_providers.program.site import Site, after
from phoenix_providers.program.tree import VERDICT
from phoenix_providers.resources.dns_answers import DnsAnswers
from phoenix_providers.resources.firewall_check import FirewallCheck
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
    check: FirewallCheck | None,
    answers: DnsAnswers | None,
    final: Sequence[TraefikConfig],
    watch: Watch,
) -> pulumi.Output[VerdictOutput]:
    """Declare the verdict behind everything else; return what it judges by."""
    removals = watch.closed(["verdict"])
    failures: dict[str, pulumi.Input[str]] = {
        f"environment@{vmid}": item.failure for vmid, item in environments.items()
    }
    failures |= {name: item.failure for name, item in registries.items()}
    failures |= {name: item.failure for name, item in stacks.items()}
    others: list[pulumi.Resource] = [*environments.values(), *registries.values(), *stacks.values()]
    if check is not None:
        # A state from before has none.
        failures["firewall-check"] = check.closed.apply(lambda text: text or "")
        others.append(check)
    if answers is not None:
        failures["dns-answers"] = answers.failure
        others.append(answers)
    for published in final:
        failures |= {
            stack.resource_name: _with_routes(failures.get(stack.resource_name, ""), published, stack)
            for stack in site.plan.stacks
            if stack.resource_name in stacks or _has_routes_only(site, stack)
        }
    # Whoever is held is as declared, whatever it is.
    failures |= {
        stack.resource_name: "" for stack in site.plan.stacks if stack.held and stack.resource_name in failures
    }
    blocked: dict[str, pulumi.Input[str]] = {
        plan.resource_name: _with_failure(plan, failures.get(plan.resource_name, ""))
        for plan in site.plan.stacks
        if site.declares(plan.resource_name) and plan.problems
    }
    # What nobody could reach, no file is wrong about.
    failures |= site.handover.unreached_for
    blocked |= {
        plan.resource_name: plan.blocked
        for plan in site.plan.environments
        if plan.blocked and site.declares(plan.resource_name) and not plan.leaves
    }
    options = after([*final, *others], site.tree.inside(VERDICT))
    foresight = {
        "preview": pulumi.runtime.is_dry_run(),
        "products": products(site).as_input(),
        "registries": [{"url": one.url, "user": one.user, "secret": one.secret} for one in site.plan.registries],
    }
    if site.declares("verdict"):
        Verdict("verdict", sorted(failures), blocked, failures, removals.names, removals.last_word, foresight, options)
    return gathered([failures, blocked]).apply(lambda found: verdict_output(found[0], found[1]))


def _with_failure(plan: StackPlan, failure: pulumi.Input[str]) -> pulumi.Input[str]:
    """Return what blocks; a stack of which only the routes are blocked is deployed, which may fail as well."""
    blocked = reason(plan.problems)
    if plan.blocking:
        return blocked
    return gathered(failure).apply(lambda text: f"{blocked}\n{text}" if text else blocked)


def _has_routes_only(site: Site, stack: StackPlan) -> bool:
    """Whether a stack that is no resource has routes, which may be refused."""
    return bool(stack.bootstrap and stack.routes) and site.declared is None


def _with_routes(failure: pulumi.Input[str], published: TraefikConfig, stack: StackPlan) -> pulumi.Output[str]:
    """Return why a stack is not as declared, and why its routes are not published, or else not answered."""
    name = stack.resource_name

    def told(found: Sequence[Any]) -> str:
        refused = told_refusal(name, Refusal.from_output((found[2] or {}).get(name) or {}), stack.label_places)
        answer = (found[1] or {}).get(name) if stack.demands_answer else ""
        return "\n".join(filter(None, (found[0], refused))) or str(answer or "")

    return gathered([failure, published.unanswered, published.refused]).apply(told)
