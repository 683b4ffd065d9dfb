"""What a run for one stack is about."""

from __future__ import annotations

from phoenix_providers.errors import UsageError
from phoenix_providers.planning.findings import nearest, nearest_name
from phoenix_providers.planning.site_plan import SitePlan, StackPlan


def resolve_stack(plan: SitePlan, name: str, vmid: int) -> StackPlan:
    """Return the stack that the command means.

    Raises:
        UsageError: There is no such stack on that VM; names the nearest that exists.
    """
    wanted = f"{name}@{vmid}"
    found = next((stack for stack in plan.stacks if stack.resource_name == wanted), None)
    if found is not None:
        return found
    on_vm = [stack.name for stack in plan.stacks if stack.vmid == vmid]
    homes = [stack.vmid for stack in plan.stacks if stack.name == name]
    if homes:
        expected = f"{name} runs on {', '.join(map(str, homes))}"
        suggestion = f"phoenix sync stack {name} to {homes[0]}"
    elif on_vm:
        expected = nearest(name, on_vm) or f"VM {vmid} runs {', '.join(on_vm)}"
        meant = nearest_name(name, on_vm) or on_vm[0]
        suggestion = f"phoenix sync stack {meant} to {vmid}"
    else:
        machines = sorted({stack.vmid for stack in plan.stacks})
        expected = f"a VM with stacks: {', '.join(map(str, machines))}" if machines else "a VM that lists stacks"
        suggestion = ""
    raise UsageError(
        f"No stack {name} is declared for VM {vmid}" + ("" if on_vm else ", which has no stacks at all"),
        seen=wanted,
        expected=expected,
        next_step=suggestion or "phoenix sync stack NAME to VMID, with a name and a VM of the configuration",
    )
