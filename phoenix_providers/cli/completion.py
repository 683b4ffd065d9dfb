"""`phoenix completion SHELL`: what makes a shell know commands, stacks and VMs."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from phoenix_providers.cli.shell_completion.answers import VARIABLE
from phoenix_providers.errors import UsageError

_SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Make Tab know commands, stacks and VMs (bash, zsh, fish).")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands, options, names of stacks and numbers of VMs."""
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(
            f"Nothing is known about {shell}", expected=", ".join(_SHELLS), next_step="phoenix completion --help"
        )
    click.echo(kind(context.find_root().command, {}, "phoenix", VARIABLE).source())
