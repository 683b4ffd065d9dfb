"""Guests that are gone from Proxmox and from the files, but not from the state."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click

from phoenix_providers.cli.engine.own_state import own_state
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.stack_configuration import stack_configuration
from phoenix_providers.cli.take_over.taking import open_proxmox
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import ProductError
from phoenix_providers.planning.addresses import node_interfaces
from phoenix_providers.planning.proxmox.api_words import wanted_by_scope
from phoenix_providers.planning.proxmox.guest_resources import guests_in_state, names_of_guest, surplus_names
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.stacks.leaving.vms_in_state import vms_in_state


def forget_gone_guests(engine: Engine, *, yes: bool, forget: bool) -> None:
    """Take resources out of the state that Proxmox has nothing for any more, with the stacks of a VM that is gone.

    Without it the run deletes them as usual, which needs Proxmox to answer for a guest that is not there, and the VM's
    agent for its stacks. Nothing leaves the state unless somebody says so: `yes` is about the run, not about this.

    Args:
        engine: The site's engine.
        yes: Do not ask.
        forget: Do it without asking.
    """
    configuration = stack_configuration(engine)
    declared = {scope.guest_id: scope for scope in wanted_by_scope(plan_site(configuration)) if scope.guest_id}
    resources = own_state(engine, configuration.settings.site_id)
    recorded = frozenset(str(item["urn"]).rpartition("::")[2] for item in resources)
    if surplus := [name for scope in declared.values() for name in surplus_names(recorded, scope)]:
        _offer(engine, "Twice in the state, though on Proxmox it is one object", surplus, yes=yes, forget=forget)
    left = [scope for scope in guests_in_state(resources) if scope.guest_id not in declared]
    # One that has another number by now goes on under that.
    kept = {number for vm in configuration.vms for number in (vm.vmid, vm.was)}
    vms = [one for one in vms_in_state(resources) if one.vmid not in kept]
    if not left and not vms:
        return
    settings = open_proxmox(engine, configuration.settings)
    live = settings.guests()
    gone = [scope for scope in left if scope.guest_id not in live and settings.is_gone(scope.path)]
    nodes = node_interfaces(configuration)
    gone_vms = [one for one in vms if one.vmid not in live and _is_nowhere(settings, one.vmid, nodes)]
    if not gone and not gone_vms:
        return
    names = [name for one in gone_vms for name in one.names]
    names += [name for scope in gone for name in names_of_guest(recorded, scope)]
    numbers = dict.fromkeys([scope.guest_id for scope in gone] + [one.vmid for one in gone_vms])
    titles = ", ".join(f"the guest {number}" for number in numbers)
    what = f"Gone from Proxmox and from the files, but still in the state: {titles}"
    if not _offer(engine, what, names, yes=yes, forget=forget):
        click.echo("The run deletes them; if it cannot: phoenix sync all --forget-gone")
        return
    if environments := [one.environment for one in gone_vms if one.environment]:
        click.echo(f"At Portainer, remove by hand what is left of them: {', '.join(environments)} (page Environments)")


def _offer(engine: Engine, what: str, names: Sequence[str], *, yes: bool, forget: bool) -> bool:
    """Name resources, and forget them if somebody says so; return whether that was done."""
    click.echo(what)
    for name in names:
        click.echo(f"  {name}")
    if not forget and (yes or not sys.stdin.isatty() or not click.confirm("Forget them (pulumi state)?")):
        return False
    engine.forget(names)
    click.echo("Forgotten; nothing was asked of any product.")
    return True


def _is_nowhere(settings: ProxmoxSettings, vmid: int, nodes: Iterable[str]) -> bool:
    """Whether Proxmox itself says of every node that it has no such VM; whatever else it says is no such word."""
    try:
        return all(settings.is_gone(ProxmoxScope("vm", node, vmid).path) for node in nodes)
    except ProductError:
        return False
