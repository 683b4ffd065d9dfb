"""Why a stack is as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from phoenix_providers.cli.reasons.found import (
    Found,
    Look,
    asked_at,
    silent_environment,
    silent_products,
    told_containers,
)
from phoenix_providers.cli.reasons.reason import Asked, Waiting
from phoenix_providers.cli.reasons.subjects import Subject
from phoenix_providers.cli.site_view.known import Known
from phoenix_providers.cli.site_view.looked import Looked
from phoenix_providers.cli.site_view.site_view import EnvironmentView, RouteView, StackView, Standing
from phoenix_providers.cli.site_view.stack_views import containers_of, stack_views
from phoenix_providers.cli.site_view.views import environment_views, route_views
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.site_plan import StackPlan
from phoenix_providers.planning.stacks.health import HealthStatus

_PUBLISHED = "traefik-stacks"


def of_stack(known: Known, subject: Subject, look: Look) -> Found:
    """Ask its environment, and follow its routes."""
    name = subject.name
    vmid = int(name.rpartition("@")[2])
    plan = next((one for one in known.plan.stacks if one.resource_name == name), None)
    checks = tuple(check for check in known.checks if check.owner == name)
    question = known.question(checks)
    own = known.environments_of(vmid)
    looked = look(replace(question, proxmox="", traefik=question.traefik if checks else "", environments=own))
    environments = environment_views(known.plan, known.stored, looked)
    environment = next((one for one in environments if one.vmid == vmid), None)
    views = stack_views(known.plan, known.stored, looked, environments, is_read=known.configuration is not None)
    view = next(one for one in views if one.name == name)
    routes = route_views(checks, looked)
    return Found(
        _standing(view),
        _verdict(view),
        tuple(_asked(known.configuration, plan)) if known.configuration is not None and plan is not None else (),
        (*silent_products(looked), *silent_environment(known, environment), *_waits(known, plan, view)),
        tuple(_live(known, plan, view, environment, looked_containers(known, plan, name, vmid, looked), routes)),
        name,
        frozenset({name, _PUBLISHED}),
        looked,
        view.next_step,
    )


def looked_containers(known: Known, plan: StackPlan | None, name: str, vmid: int, looked: Looked) -> list[str]:
    """Return the containers of a stack in Docker's own words."""
    thing = known.stored.stacks.get(name)
    project = plan.project if plan is not None else str(thing.outputs.get("project") or "") if thing else ""
    environment = next((one.name for one in known.plan.environments if one.vmid == vmid), "")
    live = looked.environment(environment, known.stored.environment_id(vmid))
    return list(told_containers(containers_of(project, live.id, looked))) if live is not None else []


def _verdict(view: StackView) -> str:
    told = f"{view.health.value}{f': {view.message}' if view.message else ''}"
    # What it is about is told below.
    return f"{told}; {view.note.partition(':')[0]}" if view.note else told


def _standing(view: StackView) -> Standing:
    if view.health is HealthStatus.UNKNOWN:
        return "unknown"
    return "fine" if view.health is HealthStatus.HEALTHY and not view.next_step else "wrong"


def _asked(configuration: Configuration, plan: StackPlan) -> Iterator[Asked]:
    vm = next((one for one in configuration.vms if one.vmid == plan.vmid), None)
    if vm is not None:
        index = next((one.index for one in vm.docker_stacks if one.name == plan.name), 0)
        yield asked_at(configuration.locate(*vm.declared_at, "docker_stacks", index), f"{vm.name} ({vm.vmid}) runs it")
    manifest, compose = f"stacks/{plan.name}", f"stacks/{plan.name}/compose"
    folder = configuration.stacks.get(plan.name)
    if folder is not None and plan.environment in folder.manifest.environments:
        place = configuration.locate(manifest, "environments", plan.environment)
        yield asked_at(place, f"its values as {plan.environment}")
    for service in plan.services:
        yield asked_at(configuration.locate(compose, "services", service, "image"), f"the image of {service}")
    for key, label in plan.label_places.items():
        if key.endswith(".rule"):
            yield asked_at(label.partition(" ")[0], f"the route {key.split('.')[2]}")
    if plan.held:
        yield asked_at(configuration.locate(manifest, "x-phoenix", "hold"), "it is held")


def _waits(known: Known, plan: StackPlan | None, view: StackView) -> Iterator[Waiting]:
    for problem in plan.problems if plan is not None else ():
        place = f" ({problem.location})" if problem.location else ""
        what = "its routes are blocked" if problem.routes_only else "blocked"
        yield Waiting(f"{what}: {problem.message}{place}", next_step=problem.next_step)
    if plan is not None and plan.held:
        yield Waiting("held by its manifest: nothing of it is changed until that line goes")
    thing = known.stored.stacks.get(view.name)
    outputs = thing.outputs if thing is not None else {}
    if thing is not None and outputs.get("failure"):
        yield Waiting(
            f"its last deploy failed: {_first_lines(str(outputs['failure']))}", thing.modified, view.next_step
        )
    if outputs.get("failed_digest"):
        yield Waiting(
            "the same content is not sent again until it changes, or somebody asks for it",
            next_step=f"pulumi config set --path 'phoenix:retry[0]' {view.name}",
        )


def _first_lines(text: str, most: int = 3) -> str:
    """Return what is said first, without the logs behind it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "; ".join([line for line in lines if not line.startswith("log of ")][:most])


def _live(
    known: Known,
    plan: StackPlan | None,
    view: StackView,
    environment: EnvironmentView | None,
    containers: list[str],
    routes: tuple[RouteView, ...],
) -> Iterator[str]:
    if environment is not None and environment.standing == "fine":
        thing = known.stored.stacks.get(view.name)
        project = plan.project if plan is not None else str(thing.outputs.get("project") or "") if thing else ""
        yield f"stack {project} of Portainer's environment {environment.name}"
    yield from containers or ([view.message] if view.message else [])
    for route in routes:
        broken = "breaks at " if route.standing == "wrong" else ""
        yield f"route {route.name}: {broken}{route.probe}"
    if plan is not None and plan.bootstrap:
        yield f"not deployed through Portainer: {plan.bootstrap}"
