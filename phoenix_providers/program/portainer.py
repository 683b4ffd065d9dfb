"""Step 6: Portainer's environments and registries, then every stack on every VM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pulumi

from phoenix_providers.models.problem import Problem
from phoenix_providers.models.stack import SecretReference
from phoenix_providers.operations.run_scope import is_meant
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site_plan import HELD, StackPlan
from phoenix_providers.planning.stacks.leaving.successions import environment_of
from phoenix_providers.program import tree as parts
from phoenix_providers.program.firewall_question import question
from phoenix_providers.program.gathered import gathered
from phoenix_providers.program.site import Site, after, as_before
from phoenix_providers.resources.engine_values import to_engine
from phoenix_providers.resources.portainer_endpoint import PortainerEndpoint
from phoenix_providers.resources.portainer_registry import PortainerRegistry
from phoenix_providers.resources.portainer_stack import PortainerStack


def declare_environments(site: Site, before: Iterable[pulumi.Resource]) -> dict[int, PortainerEndpoint]:
    """Declare one environment per VM with a role; returned by VMID."""
    before = list(before)
    # A full run has gates for that, and nothing of it is called before them.
    asked = question(site) if site.declared is not None else None
    environments = {
        plan.vmid: PortainerEndpoint(
            plan.resource_name,
            server=site.server,
            environment=plan.name,
            url=plan.url,
            by_address=plan.url_by_address,
            named=plan.named,
            blocked=plan.blocked,
            firewall=asked if is_meant(plan.resource_name) else None,
            opts=as_before(site, plan.resource_name, after(before, site.tree.inside(parts.environment(plan.vmid)))),
        )
        for plan in site.plan.environments
        if site.declares(plan.resource_name)
    }
    for vmid, one in environments.items():
        site.tree.tell(parts.environment(vmid), {"environment_id": one.environment_id, "url": one.url})
    return environments


def declare_registries(
    site: Site, environments: Mapping[int, PortainerEndpoint], before: Iterable[pulumi.Resource]
) -> dict[str, PortainerRegistry]:
    """Declare every private registry behind the environments whose stacks need it; returned by resource name."""
    before = list(before)
    registries = {}
    for plan in site.plan.registries:
        if site.declares(plan.resource_name):
            needing = [environments[vmid] for vmid in plan.vmids if vmid in environments]
            registries[plan.resource_name] = PortainerRegistry(
                plan.resource_name,
                server=site.server,
                registry=plan.name,
                url=plan.url,
                user=plan.user,
                secret=plan.secret,
                environments=[environment.environment_id for environment in needing],
                opts=after([*before, *needing], site.tree.inside(parts.PORTAINER)),
            )
    return registries


def declare_stacks(
    site: Site, environments: Mapping[int, PortainerEndpoint], registries: Mapping[str, PortainerRegistry]
) -> dict[str, PortainerStack]:
    """Declare every stack behind its environment and its registries; stacks never depend on stacks.

    Those that are held stay declared: they are blocked, so nothing of them is touched.
    """
    staying = (*site.handover.held, *site.handover.unreached)
    held = {stack.name: _held(site, stack, environments) for stack in staying if site.declares(stack.name)}
    urls = {vmid: _addresses(environment) for vmid, environment in environments.items()}
    return held | {
        plan.resource_name: _stack(
            site, plan, environments[plan.vmid], urls[plan.vmid], _registries_of(site, plan, registries)
        )
        for plan in site.plan.stacks
        if not plan.bootstrap and plan.vmid in environments and site.declares(plan.resource_name)
    }


def _registries_of(
    site: Site, stack: StackPlan, registries: Mapping[str, PortainerRegistry]
) -> list[PortainerRegistry]:
    needed = (plan.resource_name for plan in site.plan.registries if stack.resource_name in plan.stacks)
    return [registries[name] for name in needed if name in registries]


def _stack(
    site: Site,
    plan: StackPlan,
    environment: PortainerEndpoint,
    urls: pulumi.Output[list[str]],
    registries: Iterable[PortainerRegistry],
) -> PortainerStack:
    inputs = {
        "server": site.server.as_input(),
        "project": plan.project,
        "environment": environment_of(site.plan, plan),
        "environment_id": environment.environment_id,
        "environment_instance": environment.instance,
        "environment_urls": urls,
        "compose": plan.compose or "",
        "env": pulumi.Output.secret(to_engine(values_of(site, plan))),
        "services": list(plan.services),
        "routes": dict(plan.routes),
        "limits": dict(plan.limits),
        "blocked": reason(plan.blocking) or (HELD if plan.held else ""),
    }
    if plan.keeps_routes:
        inputs["keep_routes"] = True
    if plan.withdraws_routes:
        inputs["withdraw"] = True
    options = as_before(
        site, plan.resource_name, after([environment, *registries], site.tree.inside(parts.environment(plan.vmid)))
    )
    return PortainerStack(plan.resource_name, inputs, options)


def _addresses(environment: PortainerEndpoint) -> pulumi.Output[list[str]]:
    """Return where an environment leads; nothing while that is itself what could not be brought."""
    known = gathered([environment.failure, environment.url, environment.by_address])
    return known.apply(lambda said: [] if said[0] else [url for url in said[1:] if url])


def _held(site: Site, stack: RecordedStack, environments: Mapping[int, PortainerEndpoint]) -> PortainerStack:
    inputs = {
        "server": site.server.as_input(),
        "project": stack.project,
        "environment": stack.environment,
        "environment_id": stack.environment_id,
        "compose": stack.compose,
        "env": pulumi.Output.secret({}),
        "services": [],
        "routes": dict(stack.routes),
        "limits": {},
        "blocked": site.handover.unreached_for.get(stack.name) or _why_held(site.handover.held_for[stack.name]),
    }
    before = [environments[stack.vmid]] if stack.vmid in environments else list(environments.values())
    part = parts.environment(stack.vmid) if stack.vmid in environments else parts.PORTAINER
    return PortainerStack(stack.name, inputs, after(before, site.tree.inside(part)))


def _why_held(blocked: Sequence[str]) -> str:
    one = len(blocked) == 1
    return (
        f"it stays for as long as {', '.join(blocked)}, which {'takes' if one else 'take'} its place, "
        f"{'is' if one else 'are'} blocked or held"
    )


def reason(problems: Iterable[Problem]) -> str:
    """Why a stack, or its routes, are left untouched in this run; empty when they are not."""
    return "\n".join(problem.explanation().text() for problem in problems)


def values_of(site: Site, plan: StackPlan) -> dict[str, str]:
    """Put the values of secrets in; a secret that is not set has blocked the stack already."""
    return {
        name: site.secrets.get(value.secret, "") if isinstance(value, SecretReference) else value
        for name, value in plan.variables.items()
    }
