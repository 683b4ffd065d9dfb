"""`phoenix schema`: JSON Schemas for editors."""

from __future__ import annotations

from pathlib import Path

import click

from phoenix_providers.cli.project.config_folder import config_option
from phoenix_providers.models.files.json_schema import SCHEMA_FOLDER, write_schemas


@click.command(short_help="Write the JSON Schemas by which editors check the files.")
@config_option(exists=True)
def schema(folder: Path) -> None:
    """Write the JSON Schemas of all files into the configuration folder; editors complete and check by them."""
    written = write_schemas(folder)
    for file in written:
        click.echo(f"written: {file}")
    if not written:
        click.echo(f"{folder / SCHEMA_FOLDER} is current")
