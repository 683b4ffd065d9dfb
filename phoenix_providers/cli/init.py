"""`phoenix init`: a folder for one's own site."""

from __future__ import annotations

from pathlib import Path

import click

from phoenix_providers.cli import site_folder
from phoenix_providers.errors import UsageError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Make a folder for your own site."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            "This folder is not empty, and nothing of yours is overwritten",
            where=str(folder),
            expected="a new or an empty folder",
        )
    site_folder.make(folder)
    click.echo(f"{folder} is ready: edit config/, then")
    click.echo(f"  cd {folder}")
    click.echo("  pulumi login …; pulumi stack init prod; pulumi config set …   (the README names the settings)")
    click.echo("  pulumi preview")
