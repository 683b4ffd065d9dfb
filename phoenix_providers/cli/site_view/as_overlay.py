"""How the site is, as it is laid over its picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from phoenix_providers.cli.site_view.site_view import ChangeView, SiteView, StackView
from phoenix_providers.models.run_record import RunRecord
from phoenix_providers.planning.site.graph.overlay import Overlay, Standing
from phoenix_providers.planning.site.graph.picture import PROXMOX_NAME
from phoenix_providers.planning.stacks.health import HealthStatus

_HEALTH = {"fine": HealthStatus.HEALTHY, "wrong": HealthStatus.DEGRADED, "unknown": HealthStatus.UNKNOWN}
_OF_GUEST = {"running": HealthStatus.HEALTHY, "missing": HealthStatus.MISSING, "": None}


def as_overlay(view: SiteView, run: RunRecord | None) -> Overlay:
    """Return it, with the last run."""
    standings = dict(_standings(view))
    notes = {stack.name: stack.note for stack in view.stacks}
    for change in view.changes or ():
        if change.cause in {"drift", "both"}:
            name = _owner(change)
            before = standings.get(name, Standing())
            told = change.text if name == change.name else f"{change.what}: {change.text}"
            if told in notes.get(name, ""):
                # A deploy that failed is told as that already.
                continue
            standings[name] = replace(before, drift="\n".join(filter(None, (before.drift, told))))
    moment = datetime.fromtimestamp(view.taken_at).astimezone()
    return Overlay(f"looked at {moment:%Y-%m-%d %H:%M}", standings, run)


def _standings(view: SiteView) -> Iterator[tuple[str, Standing]]:
    for product in view.products:
        if product.name == PROXMOX_NAME and product.answers is not None:
            health = HealthStatus.HEALTHY if product.answers else HealthStatus.DEGRADED
            yield PROXMOX_NAME, Standing(health, detail=product.trouble.what if product.trouble else "")
    for guest in view.guests:
        health_of_guest = _OF_GUEST.get(guest.status, HealthStatus.DEGRADED)
        yield str(guest.id), Standing(health_of_guest, detail=f"{guest.status} on Proxmox" if guest.status else "")
    for environment in view.environments:
        trouble = environment.trouble
        detail = _lines(trouble.what, trouble.seen, trouble.next_step) if trouble else ""
        yield environment.resource_name, Standing(_HEALTH[environment.standing], detail=detail)
    for stack in view.stacks:
        yield stack.name, Standing(stack.health, detail=_of_stack(stack))
    for route in view.routes:
        yield route.name, Standing(_HEALTH[route.standing], detail=route.next_step, probe=route.probe)


def _of_stack(stack: StackView) -> str:
    containers = (f"{service.name}: {service.state}" for service in stack.services if service.state)
    return _lines(stack.message, stack.note, stack.next_step, *(() if stack.message else containers))


def _owner(change: ChangeView) -> str:
    """Return to what a change belongs: what is firewall of a guest, or file of a host, is drawn with these."""
    kind, _, place = change.name.partition("@")
    if kind in {"rules", "firewall"} and place.isdecimal():
        return place
    return change.name if change.what in {"stack", "environment", "registry"} else PROXMOX_NAME


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
