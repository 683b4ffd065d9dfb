"""The site at a glance: what is fine as counts, what is not line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from phoenix_providers.cli.screens.spans_of_time import span
from phoenix_providers.cli.site_view.site_view import (
    ChangeView,
    EnvironmentView,
    GuestView,
    RouteView,
    SiteView,
    StackView,
    Standing,
    StepView,
)
from phoenix_providers.planning.stacks.health import HealthStatus

# More than that nobody reads at a glance.
_MOST_LISTED = 30
_SIGNS: dict[Standing, tuple[str, str]] = {"fine": ("✓", "green"), "wrong": ("✗", "red"), "unknown": ("?", "yellow")}
_HEALTHS = {
    HealthStatus.HEALTHY: "green",
    HealthStatus.PROGRESSING: "cyan",
    HealthStatus.DEGRADED: "red",
    HealthStatus.MISSING: "red",
    HealthStatus.UNKNOWN: "yellow",
}
_CAUSES = {"drift": "drift", "declared": "declared anew", "both": "drift, and declared anew", None: ""}
_ON_PROXMOX = "(on its Proxmox node)"


@dataclass(frozen=True)
class _Notice:
    """Something to be read: what it is about, what is said, and lines below it."""

    standing: Standing
    name: str
    text: str
    below: tuple[str, ...] = ()
    next_step: str = ""


def draw_status(view: SiteView, console: Console, *, everything: bool = False) -> None:
    """Draw the whole of it, what needs attention at the end.

    Args:
        view: What was seen.
        console: Where it is drawn.
        everything: List also what is fine.
    """
    console.print(Group(_head(view), _steps(view), *_guests(view, everything), *_lists(view, everything)))
    console.print(Group(*_attention(view, everything), *_next(view)))


def watched(view: SiteView, footer: str) -> RenderableType:
    """Return the same for a screen that stays: what needs attention is at the top, since the rest may be cut off."""
    parts = [*_attention(view, everything=False), *_next(view), *_guests(view, everything=False)]
    return Group(_head(view), _steps(view), *parts, Text(""), Text(footer, style="dim"))


def _head(view: SiteView) -> Text:
    stack = f" (Pulumi stack {view.pulumi_stack})" if view.pulumi_stack else ""
    name = (view.domain or "without a name", "bold")
    return Text.assemble("site ", name, f"{stack}, seen in {view.took:.1f} s")


def _steps(view: SiteView) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for column in range(4):
        table.add_column(no_wrap=column < 3, overflow="fold")
    for step in view.steps:
        table.add_row(_sign(step.standing), str(step.number), step.name, _step_text(view, step))
    return table


def _step_text(view: SiteView, step: StepView) -> str:
    if step.name != "last run":
        return step.text
    if view.last_run is None:
        changed = f"; the state changed {span(view.taken_at - view.changed_at)} ago" if view.changed_at else ""
        return f"{step.text}{changed}"
    moment = view.last_run.ended or view.last_run.started
    return f"{step.text}, {span(view.taken_at - moment)} ago"


def _sign(standing: Standing) -> Text:
    sign, style = _SIGNS[standing]
    return Text(sign, style=style)


def _guests(view: SiteView, everything: bool) -> Iterator[RenderableType]:
    if not view.guests:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for title in ("", "guest", "state", "environment", "stacks", "routes"):
        table.add_column(title, overflow="fold", no_wrap=title not in ("guest", "environment"))
    with_stacks = {one.vmid for one in view.environments}
    alone = [guest for guest in view.guests if guest.id not in with_stacks]
    for guest in view.guests:
        if guest.id in with_stacks or everything:
            table.add_row(*_guest(view, guest))
    if alone and not everything:
        table.add_row(*_together(view, alone))
    yield Text("")
    yield table


def _guest(view: SiteView, guest: GuestView) -> list[RenderableType]:
    environment = next((one for one in view.environments if one.vmid == guest.id), None)
    stacks = [stack for stack in view.stacks if stack.vmid == guest.id]
    routes = [route for route in view.routes if route.owner == guest.name or route.vmid == guest.id]
    standing = _of_guest(guest, environment, stacks, routes) if view.deployed else "unknown"
    return [
        _sign(standing),
        f"{guest.id} {guest.name}",
        guest.status or "?",
        _environment(environment, is_deployed=view.deployed is not False),
        _counted_healths(stacks),
        _answered(routes),
    ]


def _together(view: SiteView, guests: Sequence[GuestView]) -> list[RenderableType]:
    names = {guest.name for guest in guests}
    routes = [route for route in view.routes if route.owner in names]
    states = [guest.status or "?" for guest in guests]
    told = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    standing = _worst([_of_guest(guest, None, (), ()) for guest in guests] + [route.standing for route in routes])
    return [
        _sign(standing),
        f"{len(guests)} {'other' if len(guests) == 1 else 'others'}",
        told,
        "-",
        "-",
        _answered(routes),
    ]


def _of_guest(
    guest: GuestView, environment: EnvironmentView | None, stacks: Iterable[StackView], routes: Iterable[RouteView]
) -> Standing:
    own: Standing = "fine" if guest.status == "running" else "wrong" if guest.status else "unknown"
    found = [own, *(route.standing for route in routes), *map(_of_stack, stacks)]
    if environment is not None:
        found.append("wrong" if environment.trouble is not None else environment.standing)
    return _worst(found)


def _of_stack(stack: StackView) -> Standing:
    if stack.health in (HealthStatus.UNKNOWN, HealthStatus.PROGRESSING):
        return "unknown"
    return "fine" if stack.health is HealthStatus.HEALTHY and not stack.next_step else "wrong"


def _worst(standings: Iterable[Standing]) -> Standing:
    found = set(standings)
    order: tuple[Standing, ...] = ("wrong", "unknown", "fine")
    return next((one for one in order if one in found), "fine")


def _environment(environment: EnvironmentView | None, *, is_deployed: bool) -> str:
    if environment is None:
        return "-"
    if not is_deployed and environment.standing == "wrong":
        return f"{environment.name}: not made yet"
    if environment.standing == "fine":
        return environment.name
    silent = "silent" if environment.trouble is not None else "?"
    return f"{environment.name}: {silent if environment.standing == 'unknown' else 'not right'}"


def _counted_healths(stacks: Sequence[StackView]) -> RenderableType:
    found = [stack.health for stack in stacks]
    parts = [(f"{found.count(status)} {status.value}", _HEALTHS[status]) for status in HealthStatus if status in found]
    return Text(", ").join(Text(text, style=style) for text, style in parts) if parts else Text("-")


def _answered(routes: Sequence[RouteView]) -> str:
    if not routes:
        return "-"
    fine = sum(route.standing == "fine" for route in routes)
    if fine == len(routes):
        return f"{fine} answered"
    unknown = sum(route.standing == "unknown" for route in routes)
    return f"{unknown} not asked" if unknown == len(routes) else f"{fine} of {len(routes)} answered"


def _lists(view: SiteView, everything: bool) -> Iterator[RenderableType]:
    if not everything:
        return
    if view.stacks:
        table = Table("", "stack", "health", "images", box=None, pad_edge=False, header_style="bold")
        for stack in view.stacks:
            health = Text(stack.health.value, style=_HEALTHS[stack.health])
            table.add_row(_sign(_of_stack(stack)), stack.name, health, _images(stack))
        yield Text("")
        yield table
    if view.routes:
        table = Table("", "route", "of", "probe", box=None, pad_edge=False, header_style="bold")
        for route in view.routes:
            table.add_row(_sign(route.standing), route.name, route.owner, route.probe)
        yield Text("")
        yield table


def _images(stack: StackView) -> str:
    return "\n".join(dict.fromkeys(service.image for service in stack.services if service.image))


def _attention(view: SiteView, everything: bool) -> Iterator[RenderableType]:
    notices = list(_notices(view))
    shown = notices if everything else notices[:_MOST_LISTED]
    if shown:
        yield Text("")
        yield from (part for notice in shown for part in _notice(notice))
        if len(shown) < len(notices):
            yield Text(f"and {len(notices) - len(shown)} more: phoenix status --all")
    yield from _changes(view, everything)


def _notice(notice: _Notice) -> Iterator[RenderableType]:
    heading = Table.grid(padding=(0, 1))
    heading.add_row(_sign(notice.standing), Text.assemble((notice.name, "bold"), f"  {notice.text}"))
    yield heading
    for line in notice.below:
        yield Padding(Text(line), (0, 0, 0, 4))
    first, *others = notice.next_step.splitlines() or [""]
    if first:
        yield Padding(Text(f"next: {first}"), (0, 0, 0, 4))
    for line in others:
        yield Padding(Text(line.strip()), (0, 0, 0, 10))


def _notices(view: SiteView) -> Iterator[_Notice]:
    """Yield what is not fine: what everything else waits for comes first, and what follows from it is not told."""
    if view.state is not None:
        yield _Notice("unknown", "state", view.state.what, next_step=view.state.next_step)
    if view.lock is not None:
        yield _Notice("unknown", "state", view.lock.what, (view.lock.seen,), view.lock.next_step)
    for trouble in view.files:
        below = (trouble.seen,) if trouble.seen else ()
        yield _Notice("wrong", "files", trouble.what, below, trouble.next_step)
    for warning in view.warnings:
        below = (warning.seen,) if warning.seen else ()
        yield _Notice("unknown", "files", warning.what, below, warning.next_step)
    for product in view.products:
        if product.trouble is not None:
            below = (product.trouble.seen,) if product.trouble.seen else ()
            yield _Notice("wrong", product.name, product.trouble.what, below, product.trouble.next_step)
    for guest in view.guests:
        if guest.status not in ("running", ""):
            yield _about_guest(guest)
    yield from _about_environments(view)
    if view.deployed:
        yield from _about_stacks(view)
        told = {stack.name for stack in view.stacks if not stack.is_fine}
        broken = (route for route in view.routes if route.standing == "wrong")
        yield from (_about_route(route) for route in broken if route.owner not in told)


def _about_guest(guest: GuestView) -> _Notice:
    tool = "qm" if guest.kind == "vm" else "pct"
    name = f"{guest.id} {guest.name}"
    if guest.status == "missing":
        return _Notice("wrong", name, "Proxmox does not have it", next_step=f"{tool} list   {_ON_PROXMOX}")
    return _Notice("wrong", name, f"is {guest.status}", next_step=f"{tool} start {guest.id}   {_ON_PROXMOX}")


def _about_environments(view: SiteView) -> Iterator[_Notice]:
    for environment in view.environments if view.deployed else ():
        if environment.trouble is not None:
            stacks = sum(stack.vmid == environment.vmid for stack in view.stacks)
            of_it = f"nobody knows how {_its(stacks)}" if stacks and environment.standing == "unknown" else ""
            below = tuple(filter(None, (environment.trouble.seen, of_it)))
            name = f"environment {environment.name}"
            yield _Notice("wrong", name, environment.trouble.what, below, environment.trouble.next_step)


def _its(stacks: int) -> str:
    return "its stack is" if stacks == 1 else f"its {stacks} stacks are"


def _about_stacks(view: SiteView) -> Iterator[_Notice]:
    for stack in view.stacks:
        if stack.is_fine or (stack.health is HealthStatus.UNKNOWN and not stack.note):
            continue
        since = f" for {span(view.taken_at - stack.since)}" if stack.since is not None else ""
        message = f": {stack.message}" if stack.message else ""
        routes = [route for route in view.routes if route.owner == stack.name and route.standing == "wrong"]
        below = [stack.note, *(f"{route.name} breaks at {route.probe}" for route in routes)]
        images = ", ".join(dict.fromkeys(one.image for one in stack.services if one.image))
        if stack.health in (HealthStatus.DEGRADED, HealthStatus.PROGRESSING) and images:
            below.append(f"image {images}")
        yield _Notice(
            _of_stack(stack),
            stack.name,
            f"{stack.health.value}{since}{message}",
            tuple(filter(None, below)),
            stack.next_step,
        )


def _about_route(route: RouteView) -> _Notice:
    return _Notice("wrong", route.name, f"breaks at {route.probe}", (f"of {route.owner}",), route.next_step)


def _changes(view: SiteView, everything: bool) -> Iterator[RenderableType]:
    if view.changes is None:
        if view.deployed:
            yield Text("")
            yield Text(f"? Whether anything differs from the files is not known: {view.changes_unknown}")
        return
    if not view.changes:
        return
    yield Text("")
    count = len(view.changes)
    yield Text(f"A run would change {count} {'thing' if count == 1 else 'things'}:")
    shown = view.changes if everything else view.changes[:_MOST_LISTED]
    table = Table.grid(padding=(0, 2))
    for column in range(3):
        table.add_column(no_wrap=column == 0, overflow="fold")
    for change in shown:
        table.add_row(f"  {_SIGN_OF_CHANGE.get(change.operation, '~')} {change.name}", change.what, _told(change))
    yield table
    if len(shown) < count:
        yield Text(f"  and {count - len(shown)} more: phoenix plan")


_SIGN_OF_CHANGE = {"create": "+", "update": "~", "delete": "-", "replace": "±"}


def _told(change: ChangeView) -> str:
    cause = _CAUSES[change.cause]
    return f"{cause}: {change.text}" if cause else change.text


def _next(view: SiteView) -> Iterator[RenderableType]:
    yield Text("")
    if view.next_command:
        yield Text.assemble("Next: ", (view.next_command.splitlines()[0], "bold"))
    elif view.changes is not None:
        yield Text("All is as declared.")
