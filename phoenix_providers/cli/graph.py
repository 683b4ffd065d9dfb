"""`phoenix graph`: a picture of the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.run_folder import RunFolder
from phoenix_providers.cli.engine.stack_configuration import stack_configuration
from phoenix_providers.cli.project.offline_plan import offline_options, offline_settings
from phoenix_providers.cli.project.planned import Planned
from phoenix_providers.errors import UsageError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.planning.site.graph.dot import dot
from phoenix_providers.planning.site.graph.html_page import html_page
from phoenix_providers.planning.site.graph.mermaid import mermaid
from phoenix_providers.planning.site.graph.of_plan import picture_of
from phoenix_providers.planning.site.graph.overlay import NOTHING_KNOWN, Overlay
from phoenix_providers.planning.site.graph.picture import Picture
from phoenix_providers.planning.site.graph.svg import svg

_FORMATS: Mapping[str, Callable[[Picture, Overlay], str]] = {
    "mermaid": mermaid,
    "dot": dot,
    "svg": svg,
    "html": html_page,
}


@click.command(short_help="Draw the site: Mermaid, Graphviz, SVG, or a page for the browser.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(list(_FORMATS)),
    default="mermaid",
    show_default=True,
    help="mermaid and svg are images for pages, dot is for Graphviz, html is one file for the browser.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@click.option("--live", is_flag=True, help="Add health, drift and the last run; with the settings of the Pulumi stack.")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack for --live; default: the selected one.")
@offline_options
def graph(
    folder: Path, overrides: tuple[str, ...], kind: str, output: Path | None, live: bool, pulumi_stack: str | None
) -> None:
    """Draw the site: names, stacks, machines, and what the firewall lets in.

    Without --live from the files alone, offline.
    """
    if live and overrides:
        raise UsageError(
            "--set and --live exclude each other",
            expected="with --live the settings are those of the Pulumi stack",
            next_step="leave one of them out",
        )
    engine = Engine(Path.cwd(), pulumi_stack) if live else None
    configuration = stack_configuration(engine) if engine else _of_files(folder, overrides)
    planned = Planned.of(configuration)
    overlay = _overlay(engine) if engine else NOTHING_KNOWN
    text = _FORMATS[kind](picture_of(planned.configuration, planned.plan), overlay)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"{output}   ({len(text.encode()) / 1000:.0f} kB)", err=True)


def _of_files(folder: Path, overrides: tuple[str, ...]) -> Configuration:
    return load_configuration(folder, offline_settings(folder, overrides))


def _overlay(engine: Engine) -> Overlay:
    """Look at the site as `phoenix status` does; what is slow to load is loaded by who needs it."""
    from phoenix_providers.cli.site_view.as_overlay import as_overlay
    from phoenix_providers.cli.site_view.gathering import gather

    return as_overlay(gather(engine), RunFolder.of(engine).last())
