"""`phoenix adopt`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.take_over import taking


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--drop-foreign", is_flag=True, help="Do not keep hosts entries and rules that the files do not name.")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def adopt(yes: bool, drop_foreign: bool, pulumi_stack: str | None) -> None:
    """Take over what Proxmox has already; nothing is changed there.

    Foreign hosts entries and firewall rules are written into the site's files, so that they stay.
    """
    sys.exit(taking.adopt(Engine(Path.cwd(), pulumi_stack), yes=yes, drop_foreign=drop_foreign))
