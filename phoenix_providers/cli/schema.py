"""`phoenix schema`: JSON Schemas for editors."""

from __future__ import annotations

from pathlib import Path

import click

from phoenix_providers.models.json_schema import SCHEMA_FOLDER, write_schemas


@click.command(short_help="Write the JSON Schemas by which editors check the files.")
@click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("config"),
    show_default=True,
    help="Folder of the configuration files.",
)
def schema(folder: Path) -> None:
    """Write the JSON Schemas of all files into the configuration folder; editors complete and check by them."""
    written = write_schemas(folder)
    for file in written:
        click.echo(f"written: {file}")
    if not written:
        click.echo(f"{folder / SCHEMA_FOLDER} is current")
