"""Why an environment of Portainer is as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from phoenix_providers.cli.reasons.found import Found, Look, asked_at, silent_environment, silent_products
from phoenix_providers.cli.reasons.reason import Asked, Waiting
from phoenix_providers.cli.reasons.subjects import Subject
from phoenix_providers.cli.site_view.known import Known
from phoenix_providers.cli.site_view.looked import Looked
from phoenix_providers.cli.site_view.site_view import Trouble
from phoenix_providers.cli.site_view.views import environment_views
from phoenix_providers.planning.site_plan import EnvironmentPlan


def of_environment(known: Known, subject: Subject, look: Look) -> Found:
    """Ask Portainer for it, and its engine through Portainer."""
    plan = next(one for one in known.plan.environments if one.name == subject.name)
    number = known.stored.environment_id(plan.vmid)
    looked = look(replace(known.question(()), proxmox="", traefik="", environments={plan.name: number}))
    view = next(one for one in environment_views(known.plan, known.stored, looked) if one.vmid == plan.vmid)
    verdict = {"fine": "answers", "wrong": "not as declared", "unknown": "does not answer"}[view.standing]
    waits = [*silent_products(looked), *silent_environment(known, view)]
    if plan.blocked:
        waits.append(Waiting(f"blocked: {plan.blocked.partition(chr(10))[0]}"))
    return Found(
        view.standing,
        verdict,
        tuple(_asked(known, plan)),
        tuple(waits),
        tuple(_live(known, plan, looked)),
        plan.resource_name,
        frozenset({plan.resource_name}),
        looked,
        view.trouble.next_step if view.trouble is not None else "",
    )


def _asked(known: Known, plan: EnvironmentPlan) -> Iterator[Asked]:
    if known.configuration is None:
        return
    vm = next((one for one in known.configuration.vms if one.vmid == plan.vmid), None)
    if vm is None:
        return
    locate = known.configuration.locate
    yield asked_at(locate(*vm.declared_at, "portainer_role"), f"{vm.name} ({vm.vmid}) has the role {plan.role}")
    if vm.portainer_environment_name:
        yield asked_at(locate(*vm.declared_at, "portainer_environment_name"), f"its name, {plan.name}")
    if vm.portainer_agent_hostname:
        yield asked_at(locate(*vm.declared_at, "portainer_agent_hostname"), f"its address, {plan.url}")


def _live(known: Known, plan: EnvironmentPlan, looked: Looked) -> Iterator[str]:
    live = looked.environment(plan.name, known.stored.environment_id(plan.vmid))
    if live is not None:
        yield f"Portainer has it as {live.name}, number {live.id}, at {live.url or 'its own socket'}"
        seen = looked.engines.get(live.id)
        if isinstance(seen, Trouble):
            yield f"its engine does not answer: {seen.seen or seen.what}"
        elif seen is not None:
            running = sum(one.listed.state == "running" for one in seen)
            yield f"its engine answers: {running} of {len(seen)} containers of our stacks run"
    elif looked.environments is not None:
        yield "Portainer does not have it"
    stacks = [stack.resource_name for stack in known.plan.stacks if stack.vmid == plan.vmid]
    yield f"its stacks: {', '.join(stacks)}" if stacks else "it has no stacks"
