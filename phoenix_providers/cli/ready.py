"""`phoenix ready …`: what the `pulumi` wrapper asks before a run that reads everything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from phoenix_providers.cli.engine.readiness_ahead import wait_ahead
from phoenix_providers.cli.engine.run import Engine


@click.command(hidden=True, add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.option("-s", "--stack", "pulumi_stack")
@click.option("-C", "--cwd", type=click.Path(path_type=Path), default=Path())
@click.option("-c", "--config", "settings", multiple=True)
@click.option("--config-file", type=click.Path(path_type=Path))
@click.argument("others", nargs=-1, type=click.UNPROCESSED)
def ready(
    pulumi_stack: str | None, cwd: Path, settings: Sequence[str], config_file: Path | None, others: Sequence[str]
) -> None:
    """Wait until all is ready that a command line of Pulumi's will read, as the last run has asked for it.

    Prints what the run is told by environment variables, one NAME=VALUE in a line.
    """
    del others
    pairs = (word.partition("=") for word in settings)
    told = wait_ahead(
        Engine(cwd, pulumi_stack, config_file=config_file),
        lambda line: click.echo(line, err=True),
        {key: value for key, sign, value in pairs if sign and ":" in key},
    )
    for name, value in told.items():
        click.echo(f"{name}={value}")
