"""Why a guest is as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from phoenix_providers.cli.reasons.found import Found, Look, asked_at, silent_environment, silent_products
from phoenix_providers.cli.reasons.reason import Asked
from phoenix_providers.cli.reasons.subjects import Subject
from phoenix_providers.cli.site_view.known import Known
from phoenix_providers.cli.site_view.site_view import EnvironmentView, GuestView, Standing
from phoenix_providers.cli.site_view.views import environment_views, guest_views
from phoenix_providers.planning.declared_guest import DeclaredGuest


def of_guest(known: Known, subject: Subject, look: Look) -> Found:
    """Ask Proxmox for it, and Portainer for its environment."""
    guest = next(one for one in known.plan.guests if one.name == subject.name)
    environment = next((one for one in known.plan.environments if one.vmid == guest.number), None)
    question = known.question(())
    looked = look(
        replace(
            question,
            traefik="",
            portainer=question.portainer if environment is not None else None,
            environments={environment.name: known.stored.environment_id(guest.number)} if environment else {},
        )
    )
    view = next(one for one in guest_views(known.configuration, known.plan, looked) if one.id == guest.number)
    environments = environment_views(known.plan, known.stored, looked)
    of_it = next((one for one in environments if one.vmid == guest.number), None)
    standing: Standing = "fine" if view.status == "running" else "wrong" if view.status else "unknown"
    waits = (*silent_products(looked), *silent_environment(known, of_it))
    start = f"{'qm' if guest.kind == 'vm' else 'pct'} start {guest.number}   (on its Proxmox node)"
    names = {f"rules@{guest.number}", f"firewall@{guest.number}"}
    return Found(
        "wrong" if waits and standing == "fine" else standing,
        view.status or "nobody knows whether it runs",
        tuple(_asked(known, guest)),
        waits,
        tuple(_live(known, guest, view, of_it)),
        next((name for name in (f"firewall@{guest.number}", *sorted(names)) if name in known.stored.things), ""),
        frozenset({*names, *([environment.resource_name] if environment is not None else [])}),
        looked,
        start if view.status == "stopped" else "",
    )


def _asked(known: Known, guest: DeclaredGuest) -> Iterator[Asked]:
    yield asked_at(guest.where, f"{'VM' if guest.kind == 'vm' else 'container'} {guest.number}, {guest.name}")
    declared = known.configuration.guests if known.configuration is not None else ()
    for one in declared:
        if one.id == guest.number and one.firewall.rules and known.configuration is not None:
            place = known.configuration.locate(*one.declared_at, "firewall", "rules")
            yield asked_at(place, f"{len(one.firewall.rules)} firewall rules of its own")


def _live(known: Known, guest: DeclaredGuest, view: GuestView, environment: EnvironmentView | None) -> Iterator[str]:
    yield f"{view.status or 'not known'} on node {guest.node}, {view.address}"
    if environment is not None:
        told = {"fine": "answers", "wrong": "is not as declared", "unknown": "does not answer"}[environment.standing]
        yield f"its environment {environment.name} {told}"
    stacks = [stack.resource_name for stack in known.plan.stacks if stack.vmid == guest.number]
    if stacks:
        yield f"stacks: {', '.join(stacks)}   (phoenix why NAME tells more of each)"
    routes = [check.name for check in known.checks if check.guest == guest.name]
    if routes:
        yield f"routes: {', '.join(routes)}"
