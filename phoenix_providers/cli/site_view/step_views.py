"""The seven steps in one line each, and what to type now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from phoenix_providers.cli.site_view.site_view import (
    ChangeView,
    EnvironmentView,
    LastRun,
    ProductView,
    RouteView,
    StackView,
    Standing,
    StepView,
    Trouble,
)
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.planning.stacks.health import HealthStatus

_CORE = frozenset({"DNS records", "resolver", "firewall rules", "firewall options", "firewall name"})


def step_views(
    plan: SitePlan,
    files: Sequence[Trouble],
    last_run: LastRun | None,
    products: Sequence[ProductView],
    environments: Sequence[EnvironmentView],
    stacks: Sequence[StackView],
    routes: Sequence[RouteView],
    changes: Sequence[ChangeView] | None,
    *,
    deployed: bool | None,
    warnings: int = 0,
) -> tuple[StepView, ...]:
    """Return how each step stands: what it has brought about, as it is now.

    Where the state cannot be read, nobody knows whether anything was `deployed`: it is None.
    """
    guests = [route for route in routes if not route.vmid]
    of_stacks = [route for route in routes if route.vmid]
    return (
        _files(plan, files, warnings),
        _run(last_run, deployed=deployed),
        _readiness(products),
        _core(plan, changes, deployed=deployed),
        _routes(5, "guest routes", guests, deployed=deployed),
        _portainer(environments, stacks, deployed=deployed),
        _routes(7, "stack routes", of_stacks, deployed=deployed),
    )


def next_command(
    files: Sequence[Trouble],
    products: Sequence[ProductView],
    environments: Sequence[EnvironmentView],
    routes: Sequence[RouteView],
    stacks: Sequence[StackView],
    changes: Sequence[ChangeView] | None,
    *,
    deployed: bool | None,
) -> str:
    """Return what to type now: what everything else waits for comes first; empty if nothing has to be done."""
    for trouble in files:
        return trouble.next_step or "phoenix render"
    for product in products:
        if product.trouble is not None:
            return product.trouble.next_step
    if not deployed:
        return "phoenix sync all --preview"
    for environment in environments:
        if environment.trouble is not None and environment.trouble.next_step:
            return environment.trouble.next_step
    if changes:
        return "phoenix plan"
    for stack in stacks:
        if not stack.is_fine and stack.next_step:
            return stack.next_step
    return "phoenix check" if any(route.standing == "wrong" for route in routes) else ""


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its word."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _undeployed(deployed: bool | None) -> str:
    return "not known without the state" if deployed is None else "never deployed"


def _files(plan: SitePlan, files: Sequence[Trouble], warnings: int) -> StepView:
    counts = f"{counted(len(plan.guests), 'guest')}, {counted(len(plan.stacks), 'stack')}"
    if files:
        is_read = plan.guests or plan.stacks
        told = (
            f"{counts}; {counted(len(files), 'error')}" if is_read else f"not readable: {counted(len(files), 'error')}"
        )
        return StepView(1, "files", "wrong", told)
    told = f", {counted(warnings, 'warning')}" if warnings else ""
    return StepView(1, "files", "fine", f"{counts}; no errors{told}")


def _run(last_run: LastRun | None, *, deployed: bool | None) -> StepView:
    if not deployed:
        return StepView(2, "last run", "unknown", _undeployed(deployed))
    if last_run is None:
        return StepView(2, "last run", "unknown", "none was started on this computer")
    if last_run.ended is None:
        return StepView(2, "last run", "unknown", f"{last_run.command}: goes on, or was killed")
    failed = f", {len(last_run.failed)} failed" if last_run.failed else ""
    if last_run.exit_code == 0:
        return StepView(2, "last run", "fine", f"{last_run.command}: in sync")
    return StepView(2, "last run", "wrong", f"{last_run.command}: ended with {last_run.exit_code}{failed}")


def _readiness(products: Sequence[ProductView]) -> StepView:
    silent = [one.name for one in products if one.answers is False]
    answering = [one.name for one in products if one.answers]
    unasked = [one.name for one in products if one.answers is None]
    told = [f"{_listed(silent)} {_does(silent)} not answer"] if silent else []
    told += [f"{_listed(answering)} {'answers' if len(answering) == 1 else 'answer'}"] if answering else []
    told += [f"{_listed(unasked)} not asked"] if unasked else []
    standing: Standing = "wrong" if silent else "fine" if answering else "unknown"
    return StepView(3, "readiness", standing, "; ".join(told))


def _core(plan: SitePlan, changes: Sequence[ChangeView] | None, *, deployed: bool | None) -> StepView:
    rules = len(plan.firewall.cluster) + sum(len(one.rules) for one in plan.firewall.guests.values())
    counts = f"{counted(len(plan.dns), 'DNS record')}, {counted(rules, 'firewall rule')}"
    if not deployed:
        return StepView(4, "core", "unknown", f"{counts}: {_undeployed(deployed)}")
    if changes is None:
        told = f"{counts}: not compared" if plan.guests else "not compared"
        return StepView(4, "core", "unknown", told)
    own = [change for change in changes if change.what in _CORE]
    if own:
        names = ", ".join(dict.fromkeys(change.what for change in own))
        return StepView(4, "core", "wrong", f"{counts}; not as declared: {names}")
    return StepView(4, "core", "fine", f"{counts}, as declared")


def _routes(number: int, name: str, routes: Sequence[RouteView], *, deployed: bool | None) -> StepView:
    if deployed is None:
        return StepView(number, name, "unknown", _undeployed(deployed))
    if not routes:
        return StepView(number, name, "unknown" if not deployed else "fine", "none is published")
    broken = sum(route.standing == "wrong" for route in routes)
    answered = sum(route.standing == "fine" for route in routes)
    if answered == len(routes):
        return StepView(number, name, "fine", f"{answered} of {len(routes)} answered")
    if broken:
        return StepView(number, name, "wrong", f"{answered} of {len(routes)} answered")
    return StepView(number, name, "unknown", f"{counted(len(routes), 'route')}, not asked: {routes[0].probe}")


def _portainer(
    environments: Sequence[EnvironmentView], stacks: Sequence[StackView], *, deployed: bool | None
) -> StepView:
    if not deployed:
        counts = f"{counted(len(environments), 'environment')}, {counted(len(stacks), 'stack')}"
        return StepView(6, "Portainer", "unknown", f"{counts}: {_undeployed(deployed)}")
    answering = sum(one.standing != "unknown" and one.trouble is None for one in environments)
    verb = "answers" if 1 in (answering, len(environments)) else "answer"
    told = f"{answering} of {counted(len(environments), 'environment')} {verb}"
    told += f"; {_healths(stacks)}" if stacks else "; no stack"
    for word in ("blocked", "held"):
        if number := sum(stack.note.startswith(word) for stack in stacks):
            told += f", {number} {word}"
    healthy = all(stack.health is HealthStatus.HEALTHY and not stack.next_step for stack in stacks)
    if answering == len(environments) and healthy:
        return StepView(6, "Portainer", "fine", told)
    is_known = any(one.standing != "unknown" for one in environments)
    return StepView(6, "Portainer", "wrong" if is_known else "unknown", told)


def _healths(stacks: Iterable[StackView]) -> str:
    return ", ".join(_counts(stacks))


def _counts(stacks: Iterable[StackView]) -> Iterator[str]:
    found = [stack.health for stack in stacks]
    for status in HealthStatus:
        if number := found.count(status):
            yield f"{number} {status.value}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _does(names: Sequence[str]) -> str:
    return "does" if len(names) == 1 else "do"
