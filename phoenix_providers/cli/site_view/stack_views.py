"""How each stack is, from the files, the state and what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from phoenix_providers.cli.site_view.looked import Looked, SeenContainer
from phoenix_providers.cli.site_view.site_view import EnvironmentView, ServiceView, StackView, Trouble
from phoenix_providers.cli.site_view.stored_site import StoredSite, StoredThing
from phoenix_providers.clients.portainer.records import StackStatus
from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.operations.stacks.lookup import as_state
from phoenix_providers.operations.stacks.services import expected_lives
from phoenix_providers.planning.compose.compose_reading import reading_of
from phoenix_providers.planning.site_plan import SitePlan, StackPlan
from phoenix_providers.planning.stacks.health import ContainerState, HealthStatus, Reason, judge
from phoenix_providers.planning.stacks.stack_properties import content_of, history_of


@dataclass(frozen=True)
class _Judged:
    health: HealthStatus
    message: str = ""
    since: float | None = None
    next_step: str = ""


def stack_views(
    plan: SitePlan, stored: StoredSite, looked: Looked, environments: Iterable[EnvironmentView], *, is_read: bool
) -> tuple[StackView, ...]:
    """Return all stacks that files or state have, in the files' order; those that leave come last.

    Args:
        plan: What the files declare.
        stored: What the state has.
        looked: What was seen.
        environments: How each of them is.
        is_read: Whether the files could be read; else nobody knows what leaves.
    """
    by_vm = {one.vmid: one for one in environments}
    declared = {stack.resource_name: stack for stack in plan.stacks}
    leaving = [name for name in stored.stacks if name not in declared]
    names_of_vms = {guest.number: guest.name for guest in plan.guests}
    views = (_view(name, declared.get(name), stored, looked, by_vm, names_of_vms) for name in (*declared, *leaving))
    return tuple(view if is_read else replace(view, note="", next_step="") for view in views)


def containers_of(project: str, number: int, looked: Looked) -> Sequence[SeenContainer]:
    """Return the containers of a stack; none where its engine does not answer."""
    found = looked.engines.get(number, ())
    return () if isinstance(found, Trouble) else [one for one in found if one.listed.project == project]


def _view(
    name: str,
    plan: StackPlan | None,
    stored: StoredSite,
    looked: Looked,
    environments: Mapping[int, EnvironmentView],
    names_of_vms: Mapping[int, str],
) -> StackView:
    vmid = int(name.rpartition("@")[2])
    thing, environment = stored.stacks.get(name), environments.get(vmid)
    project = plan.project if plan is not None else str(thing.outputs.get("project") or "") if thing else ""
    number = _number(thing, stored, looked, environment, vmid)
    seen = containers_of(project, number, looked)
    judged = _judged(name, plan, thing, looked, environment, (project, number), seen)
    note, next_step = _note(name, plan, thing)
    return StackView(
        name,
        vmid,
        names_of_vms.get(vmid, ""),
        judged.health,
        tuple(_services(plan, thing, project, seen)),
        judged.message,
        judged.since,
        note,
        next_step or judged.next_step or (_again(name) if _failure(plan, thing) else ""),
    )


def _number(
    thing: StoredThing | None, stored: StoredSite, looked: Looked, environment: EnvironmentView | None, vmid: int
) -> int:
    known = int(thing.outputs.get("environment_id") or 0) if thing is not None else 0
    known = stored.environment_id(vmid) or known
    live = looked.environment(environment.name if environment is not None else "", known)
    return live.id if live is not None else known


def _judged(
    name: str,
    plan: StackPlan | None,
    thing: StoredThing | None,
    looked: Looked,
    environment: EnvironmentView | None,
    place: tuple[str, int],
    seen: Sequence[SeenContainer],
) -> _Judged:
    run = _again(name)
    project, number = place
    known = ((one.name, one.environment_id) for one in looked.records or ())
    is_there = bool(seen) or (project, number) in known
    is_bootstrap = plan is not None and bool(plan.bootstrap)
    if thing is None and not is_there and not is_bootstrap:
        blocked = plan is not None and plan.untouched
        return _Judged(HealthStatus.MISSING, "never deployed", next_step="" if blocked else run)
    if looked.records is None:
        return _Judged(HealthStatus.UNKNOWN, "Portainer does not answer")
    if environment is not None and environment.standing == "unknown":
        return _Judged(HealthStatus.UNKNOWN, f"environment {environment.name} does not answer")
    if is_bootstrap:
        return _Judged(HealthStatus.HEALTHY)
    if thing is None:
        return _Judged(HealthStatus.UNKNOWN, "Portainer has it, and no run has taken it over yet", next_step=run)
    record = next((one for one in looked.records if (one.name, one.environment_id) == (project, number)), None)
    if record is None and not seen:
        never = not int(thing.outputs.get("stack_id") or 0)
        return _Judged(HealthStatus.MISSING, "never deployed" if never else "Portainer has it no more", next_step=run)
    if record is not None and record.status is StackStatus.INACTIVE:
        return _Judged(HealthStatus.DEGRADED, "stopped in Portainer", next_step=run)
    if not seen and not isinstance(looked.engines.get(number, Trouble("")), Sequence):
        return _Judged(HealthStatus.UNKNOWN, "its environment does not answer")
    if not seen:
        return _Judged(HealthStatus.MISSING, "has no container", next_step=run)
    return _by_containers(project, thing, seen, run)


def _by_containers(project: str, thing: StoredThing, seen: Sequence[SeenContainer], run: str) -> _Judged:
    content = content_of({"compose": "", "env": {}, "services": (), **thing.outputs})
    states = [as_state(one.described) for one in seen]
    ran = history_of(thing.outputs, thing.outputs).running
    health = judge(expected_lives(project, content, states, ran), states)
    if health.status is HealthStatus.HEALTHY:
        return _Judged(HealthStatus.HEALTHY)
    message = "; ".join(_brief(reason, states) for reason in health.reasons)
    sick = {reason.service for reason in health.reasons}
    ended = [moment for one in seen if one.described.service in sick and (moment := _moment(one.described.ended))]
    broken = next((one.described.name for one in seen if one.described.service in sick), "")
    log = f"docker logs {broken}   (on its VM)"
    # What has ended by itself in a deploy will do so in the next one.
    is_mended_by_run = not broken or (bool(health.absent) and not thing.outputs.get("failure"))
    return _Judged(health.status, message, min(ended, default=None), run if is_mended_by_run else log)


def _brief(reason: Reason, states: Iterable[ContainerState]) -> str:
    """Say it in as few words as a screen has room for."""
    for one in states:
        if one.service != reason.service:
            continue
        if one.state == "running" and one.health in ("unhealthy", "starting"):
            return f"{one.service} is {one.health}"
        if one.state != "running" and one.name in reason.text:
            code = "" if one.exit_code is None else f" ({one.exit_code})"
            again = f", restarted {one.restart_count} times" if one.state == "restarting" else ""
            return f"{one.service} is {one.state}{code}{again}"
    return f"{reason.service} {reason.text}"


def _note(name: str, plan: StackPlan | None, thing: StoredThing | None) -> tuple[str, str]:
    """Return what is said of a stack beside its health, and what to do about that."""
    if plan is None:
        return "not in the files any more: a run would remove it", "phoenix plan"
    if plan.blocking:
        first = plan.blocking[0]
        return f"blocked: {first.message}", first.next_step
    if plan.problems:
        first = plan.problems[0]
        return f"its routes are blocked: {first.message}", first.next_step
    if plan.held:
        return "held: nothing of it is changed", ""
    failure = _failure(plan, thing)
    return (f"its last deploy failed: {failure.partition(chr(10))[0]}", "") if failure else ("", "")


def _failure(plan: StackPlan | None, thing: StoredThing | None) -> str:
    """Return what its last deploy has ended with; empty if it went well, or if the files say more about it."""
    if plan is None or plan.problems or plan.held or thing is None:
        return ""
    return str(thing.outputs.get("failure") or "")


def _again(name: str) -> str:
    folder, _, vmid = name.rpartition("@")
    return f"phoenix sync stack {folder} to {vmid}"


def _services(
    plan: StackPlan | None, thing: StoredThing | None, project: str, seen: Sequence[SeenContainer]
) -> Iterator[ServiceView]:
    outputs = thing.outputs if thing is not None else {}
    names = tuple(plan.services) if plan is not None else tuple(map(str, outputs.get("services") or ()))
    images = _declared_images(plan, thing, project) if {*names} - {one.listed.service for one in seen} else {}
    for name in names:
        own = [one for one in seen if one.listed.service == name]
        for one in own[:1]:
            health = f", {one.described.health}" if one.described.health else ""
            copies = f", {len(own)} of it" if len(own) > 1 else ""
            yield ServiceView(name, one.listed.image, f"{one.described.state}{health}{copies}")
        if not own:
            yield ServiceView(name, images.get(name, ""))


def _declared_images(plan: StackPlan | None, thing: StoredThing | None, project: str) -> Mapping[str, str]:
    """Return images by service as a compose text names them; its values may be secret, so none are put in."""
    text = plan.compose if plan is not None else str(thing.outputs.get("compose") or "") if thing is not None else ""
    read = reading_of(project, text or "", {}).compose if text else None
    if read is None:
        return {}
    services: ComposeNode = read.model.get("services") or {}
    return {str(name): str((service or {}).get("image") or "") for name, service in services.items()}


def _moment(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
