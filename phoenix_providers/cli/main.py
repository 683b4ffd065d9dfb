"""The `phoenix` command."""

from __future__ import annotations

import sys

import click

from phoenix_providers.cli.adopt import adopt
from phoenix_providers.cli.check import check
from phoenix_providers.cli.demo import demo
from phoenix_providers.cli.graph import graph
from phoenix_providers.cli.init import init
from phoenix_providers.cli.lab import lab
from phoenix_providers.cli.render import render
from phoenix_providers.cli.schema import schema
from phoenix_providers.cli.sync import sync
from phoenix_providers.errors import InterruptedRunError, PhoenixError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="phoenix-sync", prog_name="phoenix")
def phoenix() -> None:
    """Keep a Proxmox home lab in the state its files declare."""


phoenix.add_command(init)
phoenix.add_command(adopt)
phoenix.add_command(sync)
phoenix.add_command(render)
phoenix.add_command(graph)
phoenix.add_command(schema)
phoenix.add_command(check)
phoenix.add_command(lab)
phoenix.add_command(demo)


def main() -> None:
    """Run the command; errors become a message and an exit code, never a traceback."""
    try:
        phoenix(standalone_mode=False)
    except PhoenixError as error:
        click.echo(f"{error.label}: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"{InterruptedRunError.label}: stopped; run the same command again to go on", err=True)
        sys.exit(InterruptedRunError.exit_code)
