"""Stacks, each on its VM."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import VirtualMachine
from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import StackFolder
from phoenix_providers.planning.site.graph.guests import guest_id
from phoenix_providers.planning.site.graph.picture import Detail, Thing
from phoenix_providers.planning.site_plan import HELD, SitePlan, StackPlan

_IMAGE = re.compile(r"""^\s*image:\s*["']?([^\s"'#]+)""")


def stack_id(resource_name: str) -> str:
    """Return the id of a stack."""
    return f"stack:{resource_name}"


def stacks(configuration: Configuration, plan: SitePlan) -> Iterator[Thing]:
    """Yield all stacks, those of one VM behind each other."""
    vms = {vm.id: vm for vm in configuration.vms}
    for stack in plan.stacks:
        folder = configuration.stacks.get(stack.name)
        yield Thing(
            stack_id(stack.resource_name),
            "stack",
            stack.resource_name,
            stack.name,
            f"stack {stack.project} on {stack.vm_name} ({stack.vmid})",
            tuple(map(str, _places(configuration, stack, vms.get(stack.vmid), folder))),
            inside=guest_id(stack.vmid),
            remark=remark(stack),
            details=tuple(_details(stack, folder)),
            also=(stack.project,),
        )


def remark(stack: StackPlan) -> str:
    """Return what is out of the ordinary with a stack, by the files alone."""
    if stack.blocking:
        return "blocked"
    if stack.held:
        return HELD
    if stack.keeps_routes:
        return "routes blocked"
    return "not deployed through Portainer" if stack.bootstrap else ""


def _places(
    configuration: Configuration, stack: StackPlan, vm: VirtualMachine | None, folder: StackFolder | None
) -> Iterator[Location]:
    for reference in vm.docker_stacks if vm else ():
        if vm and reference.name == stack.name:
            yield configuration.locate(*vm.declared_at, "docker_stacks", reference.index)
            break
    if folder is not None and folder.compose is not None:
        yield folder.compose_location
    if folder is not None and folder.manifest_location.file.name:
        yield folder.manifest_location


def _details(stack: StackPlan, folder: StackFolder | None) -> Iterator[Detail]:
    if folder is not None and folder.manifest.description:
        yield Detail("for", folder.manifest.description)
    for problem in stack.problems:
        place = f"   ({problem.location})" if problem.location else ""
        yield Detail("routes blocked" if problem.routes_only else "blocked", f"{problem.message}{place}")
    if stack.bootstrap:
        yield Detail("not deployed", stack.bootstrap)
    if stack.held:
        yield Detail("held", f"its routes {'stay' if stack.held == 'stay' else 'are withdrawn'}")
    if stack.services:
        yield Detail("services", ", ".join(stack.services))
    if images := _images(folder):
        yield Detail("images", ", ".join(images))
    if stack.host_ports:
        yield Detail("ports", ", ".join(stack.host_ports))
    if stack.variables:
        # Names alone: a value may be a password that somebody wrote in clear.
        yield Detail("variables", ", ".join(stack.variables))


def _images(folder: StackFolder | None) -> list[str]:
    lines = (folder.compose or "").splitlines() if folder else []
    return [f"{found[1]} (line {number})" for number, line in enumerate(lines, 1) if (found := _IMAGE.match(line))]
