"""Whether the network devices of guests take part in Proxmox's firewall: without it their rules have no effect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from phoenix_providers.clients.proxmox.settings import is_filtered
from phoenix_providers.errors import Explanation, ProductError
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.planning.doctor.finding import Finding, ok, skipped, trouble
from phoenix_providers.planning.site_plan import GuestFirewallPlan

_AT_ONCE = 8
_OFF = re.compile(r",firewall=0")
_NO_DEVICES = "no guest has a firewall of its own"


def guest_devices(case: Case) -> Finding:
    """Name each guest whose rules have no effect, or only some."""
    if case.plan is None:
        return skipped("the files cannot be read")
    wanted = [guest for guest in case.plan.firewall.guests.values() if _is_enabled(guest)]
    if not wanted:
        return ok(_NO_DEVICES)
    settings = case.clients.proxmox(case.proxmox).settings
    paths = settings.guest_paths()
    here = [guest for guest in wanted if guest.guest_id in paths]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        devices = list(pool.map(lambda guest: settings.network_devices(paths[guest.guest_id]), here))
    lacking = [{name: one for name, one in found.items() if not is_filtered(one)} for found in devices]
    reasons = [_reason(guest, those) for guest, those in zip(here, lacking, strict=True) if those]
    reasons += [_gone(guest) for guest in wanted if guest.guest_id not in paths]
    if not reasons:
        return ok(f"{len(wanted)} guests with a firewall, and all of their network devices take part")
    return trouble(ProductError, f"{len(reasons)} of {len(wanted)} guests with a firewall have trouble", *reasons)


def _is_enabled(guest: GuestFirewallPlan) -> bool:
    return {**guest.options.otherwise, **guest.options.declared}.get("enable") == "1"


def _reason(guest: GuestFirewallPlan, lacking: Mapping[str, str]) -> Explanation:
    command = "qm" if guest.kind == "vm" else "pct"
    steps = [
        f"{command} set {guest.guest_id} --{name} {_OFF.sub('', device)},firewall=1" for name, device in lacking.items()
    ]
    return Explanation(
        f"Rules of {guest.name} ({guest.guest_id}) have no effect",
        seen=f"{', '.join(lacking)} without firewall=1",
        expected="firewall=1 on each of its network devices",
        next_step="\n".join([f"on {guest.node}, as root:", *steps]),
    )


def _gone(guest: GuestFirewallPlan) -> Explanation:
    return Explanation(
        f"{guest.name} ({guest.guest_id}) is not on Proxmox",
        seen="no such guest, or the token may not see it",
        expected=f"a {'VM' if guest.kind == 'vm' else 'container'} with this number",
        next_step="take it out of the files, or correct its number",
    )
