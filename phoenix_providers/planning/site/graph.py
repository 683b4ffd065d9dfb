"""A picture of the site: which name leads to which stack, on which VM, with images of which registry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phoenix_providers.planning.routes.declared_hosts import routed_hosts
from phoenix_providers.planning.site_plan import SitePlan, StackPlan


def mermaid(plan: SitePlan) -> str:
    """Return the picture as a Mermaid flow chart, which Markdown viewers draw."""
    lines = ["flowchart LR", *_environments(plan), *_names(plan), *_registries(plan)]
    return "\n".join(lines) + "\n"


def _environments(plan: SitePlan) -> Iterator[str]:
    for environment in plan.environments:
        label = f"{environment.vm_name} ({environment.vmid})<br/>environment {environment.name}"
        yield f'  subgraph {_id("vm", str(environment.vmid))}["{label}"]'
        for stack in plan.stacks:
            if stack.vmid == environment.vmid:
                yield f'    {_id("stack", stack.resource_name)}["{stack.name}{_remark(stack)}"]'
        yield "  end"


def _names(plan: SitePlan) -> Iterator[str]:
    for stack in plan.stacks:
        for host in routed_hosts(stack.routes):
            yield f'  traefik(("Traefik")) -- "{host}" --> {_id("stack", stack.resource_name)}'
    for name, router in plan.infrastructure.get("http", {}).get("routers", {}).items():
        for host in routed_hosts({"http": {"routers": {name: router}}}):
            guest = name.removesuffix("-router")
            yield f'  traefik(("Traefik")) -- "{host}" --> {_id("guest", guest)}("{guest}")'


def _registries(plan: SitePlan) -> Iterator[str]:
    for registry in plan.registries:
        own = _id("registry", registry.name)
        yield f'  {own}[("registry {registry.name}<br/>{registry.url}")]'
        for stack in registry.stacks:
            yield f'  {own} -. "images" .-> {_id("stack", stack)}'


def _remark(stack: StackPlan) -> str:
    if stack.blocking:
        return "<br/>blocked"
    if stack.held:
        return "<br/>held"
    remark = "<br/>not deployed through Portainer" if stack.bootstrap else ""
    return remark + ("<br/>routes blocked" if stack.keeps_routes else "")


def _id(kind: str, name: str) -> str:
    return f"{kind}_{re.sub(r'[^A-Za-z0-9]', '_', name)}"
