"""Guests, environments and routes, from the files, the state and what was seen."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_providers.cli.site_view.looked import Looked
from phoenix_providers.cli.site_view.site_view import EnvironmentView, GuestView, RouteView, Standing, Trouble
from phoenix_providers.cli.site_view.stored_site import StoredSite
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import VirtualMachine
from phoenix_providers.operations.traefik.route_chain import Chain
from phoenix_providers.planning.routes.route_checks import WHOLE, RouteCheck
from phoenix_providers.planning.site_plan import EnvironmentPlan, SitePlan

_DASHBOARD = "dashboard"
_BACK_END = "back end"


def guest_views(configuration: Configuration | None, plan: SitePlan, looked: Looked) -> tuple[GuestView, ...]:
    """Return the guests of the files, VMs first, by number; without files, the VMs of environments."""

    def status(number: int) -> str:
        if looked.guests is None:
            return ""
        live = looked.guests.get(number)
        return "missing" if live is None else live.status

    if configuration is None:
        live = looked.guests or {}
        names = {one.vmid: live[one.vmid].name for one in plan.environments if one.vmid in live}
        return tuple(
            GuestView(one.vmid, names.get(one.vmid, ""), "vm", "", status(one.vmid)) for one in plan.environments
        )
    found = [
        GuestView(
            guest.id,
            guest.name,
            "vm" if isinstance(guest, VirtualMachine) else "lxc",
            guest.address or "dhcp",
            status(guest.id),
        )
        for guest in configuration.guests
    ]
    return tuple(sorted(found, key=lambda one: (one.kind != "vm", one.id)))


def environment_views(plan: SitePlan, stored: StoredSite, looked: Looked) -> tuple[EnvironmentView, ...]:
    """Return the environments of the files."""
    return tuple(_environment(one, stored, looked) for one in plan.environments)


def _environment(plan: EnvironmentPlan, stored: StoredSite, looked: Looked) -> EnvironmentView:
    def view(standing: Standing, trouble: Trouble | None = None) -> EnvironmentView:
        return EnvironmentView(plan.vmid, plan.vm_name, plan.name, standing, trouble)

    if looked.environments is None:
        return view("unknown")
    live = looked.environment(plan.name, stored.environment_id(plan.vmid))
    if live is None and plan.role == "primary":
        live = next((one for one in looked.environments if one.url.startswith("unix://")), None)
    if live is None:
        thing = stored.things.get(plan.resource_name)
        failure = str(thing.outputs.get("failure") or "") if thing is not None else ""
        if failure:
            return view("wrong", Trouble(failure.partition("\n")[0], next_step="phoenix sync all"))
        return view("wrong", Trouble("Portainer does not have it yet", next_step="phoenix sync all"))
    seen = looked.engines.get(live.id)
    if isinstance(seen, Trouble):
        return view("unknown", seen)
    if plan.blocked:
        return view("wrong", Trouble(plan.blocked.partition("\n")[0], next_step="phoenix render"))
    return view("fine")


def route_views(checks: Sequence[RouteCheck], looked: Looked) -> tuple[RouteView, ...]:
    """Return every routed name, with what the probe has found."""
    if looked.chains is None:
        reason = "Traefik does not answer" if looked.traefik.answers is False else "not asked"
        return tuple(_route(check, "unknown", reason) for check in checks)
    return tuple(map(_followed, looked.chains))


def _followed(chain: Chain) -> RouteView:
    if (step := chain.broken) is not None:
        # Nobody has looked behind it here: that takes its time, and has a command of its own.
        behind = f"phoenix check {chain.check.host or chain.check.router}" if step.name == _BACK_END else ""
        return _route(chain.check, "wrong", f"{step.name}: {step.text}", behind or step.next_step)
    status = chain.steps[-1].text
    return _route(chain.check, "fine", f"HTTP {status}" if status.isdecimal() else "connected")


def _route(check: RouteCheck, standing: Standing, probe: str, next_step: str = "") -> RouteView:
    owner = (check.guest or _DASHBOARD) if check.owner == WHOLE else check.owner
    number = check.owner.rpartition("@")[2]
    vmid = int(number) if number.isdecimal() else 0
    return RouteView(check.name, owner, check.router, standing, probe, next_step, vmid)
