"""Guests that are gone from Proxmox and from the files, but not from the state."""

from __future__ import annotations

import sys

import click

from phoenix_providers.cli.engine import Engine
from phoenix_providers.cli.stack_configuration import stack_configuration
from phoenix_providers.cli.take_over import open_proxmox
from phoenix_providers.planning.derive import plan_site
from phoenix_providers.planning.guest_presence import guests_in_state, names_of_guest
from phoenix_providers.planning.proxmox_words import wanted_by_scope


def forget_gone_guests(engine: Engine, *, yes: bool, forget: bool) -> None:
    """Take resources out of the state that Proxmox has nothing for any more.

    Without it the run deletes them as usual, which needs Proxmox to answer for a guest that is not there. Nothing
    leaves the state unless somebody says so: `yes` is about the run, not about this.

    Args:
        engine: The site's engine.
        yes: Do not ask.
        forget: Do it without asking.
    """
    configuration = stack_configuration(engine)
    declared = wanted_by_scope(plan_site(configuration))
    resources = engine.resources()
    left = [scope for scope in guests_in_state(resources) if scope not in declared]
    if not left:
        return
    settings = open_proxmox(engine, configuration.settings)
    live = settings.guests()
    gone = [scope for scope in left if scope.guest_id not in live and settings.is_gone(scope.path)]
    if not gone:
        return
    names = [name for scope in gone for name in names_of_guest(resources, scope)]
    click.echo(f"Gone from Proxmox and from the files, but still in the state: {', '.join(one.title for one in gone)}")
    for name in names:
        click.echo(f"  {name}")
    if forget or (not yes and sys.stdin.isatty() and click.confirm("Forget them (pulumi state)?")):
        engine.forget(names)
        click.echo("Forgotten; nothing was asked of Proxmox.")
    else:
        click.echo("The run deletes them; if Proxmox does not let it: phoenix sync all --forget-gone")
