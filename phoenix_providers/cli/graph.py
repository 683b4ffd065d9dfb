"""`phoenix graph`: a picture of the site."""

from __future__ import annotations

from pathlib import Path

import click

from phoenix_providers.cli.project.offline_plan import offline_options, offline_plan
from phoenix_providers.planning.site.graph import mermaid


@click.command(short_help="Print the site as a Mermaid flow chart, offline.")
@offline_options
def graph(folder: Path, overrides: tuple[str, ...]) -> None:
    """Print the site as a Mermaid flow chart: names, stacks, VMs and environments. Offline."""
    click.echo(mermaid(offline_plan(folder, overrides)), nl=False)
