"""`phoenix lab up`, `down` and `status`."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
from rich.console import Console

from phoenix_providers.cli.project.site_folder import EXAMPLE
from phoenix_providers.cli.rehearsal.imitation import imitate
from phoenix_providers.cli.rehearsal.site_lab import refuse_other, rehearse, started
from phoenix_providers.cli.rehearsal.workspace import connect, prepare
from phoenix_providers.errors import Explanation, NotReadyError, PhoenixError, UsageError
from phoenix_providers.lab import control
from phoenix_providers.lab.home import LabHome
from phoenix_providers.lab.network import free_network
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings


@click.group(short_help="Rehearse on this machine, with stand-ins on loopback.")
def lab() -> None:
    """Rehearse on this machine: stand-ins for Proxmox and Portainer, and the real Traefik, on loopback only."""


@lab.command()
@click.option("--style", type=click.Choice(["async", "blocking"]), default="async", show_default=True)
@click.option(
    "--site", "folder", type=click.Path(path_type=Path, exists=True), help="Your own site, or a folder inside it."
)
@click.option("--stack", help="The Pulumi stack whose settings hold, where the site has several.")
def up(style: str, folder: Path | None, stack: str | None) -> None:
    """Start the lab, with a copy of the example to play with, or of your own site.

    With --site it copies the files of your site, moves their addresses to loopback and makes up every secret. Your
    folder, your state and your products are left alone.
    """
    home = LabHome.default()
    if folder is not None:
        for line in rehearse(home, folder, stack, style):
            click.echo(line)
        return
    if stack is not None:
        raise UsageError("--stack belongs to --site", next_step="phoenix lab up --site FOLDER --stack NAME")
    refuse_other(home, None)
    with Console(stderr=True).status("starting the lab"):
        running = start(home, EXAMPLE, style)
    click.echo(f"The lab runs. Portainer: {running.portainer_url}   Traefik: {running.traefik_api_url}/dashboard/")
    click.echo("Portainer and Proxmox are stand-ins; the engine, Traefik and all requests through it are real.\n")
    click.echo(f"  source {home.shell}   # and go to its site folder")
    click.echo("  pulumi up                          # or: phoenix sync all")
    click.echo("  vi config/stacks/grafana/phoenix.yaml   # change or break something, then again")
    click.echo("  phoenix lab down")


def start(home: LabHome, config: Path, style: str) -> control.RunningLab:
    """Start a lab for a configuration, with a project that talks to it.

    Raises:
        PhoenixError: It did not start.
    """
    prepare(home, config, free_network())
    site = imitate(load_configuration(home.site / "config", Settings()), style=style)
    running = started(site, home)
    connect(home, running)
    return running


@lab.command()
@click.option("--forget", is_flag=True, help="Also remove everything that the lab keeps.")
def down(forget: bool) -> None:
    """Stop the lab; what it keeps stays for the next time."""
    home = LabHome.default()
    try:
        stopped = control.down(home.products)
    except control.LabError as error:
        raise PhoenixError("The lab did not stop", seen=str(error), next_step="phoenix lab status") from None
    click.echo("The lab has stopped." if stopped else "No lab is running.")
    if forget and home.folder.exists():
        shutil.rmtree(home.folder, ignore_errors=True)
        click.echo(f"{home.folder} is removed.")


@lab.command()
def status() -> None:
    """Say whether the lab runs, and where."""
    home = LabHome.default()
    try:
        running = control.status(home.products)
    except control.LabError as error:
        raise PhoenixError(
            "It cannot be told where the lab is", seen=str(error), next_step="phoenix lab down, then phoenix lab up"
        ) from None
    if running is None:
        absent = Explanation("it was not started, or was stopped", where=str(home.folder), next_step="phoenix lab up")
        raise NotReadyError("No lab is running", (absent,))
    click.echo(f"The lab runs (process {running.pid}, folder {home.folder}).")
    for name, url in (
        ("Proxmox", running.proxmox_url),
        (
            "Portainer",
            f"{running.portainer_url}   user {running.portainer_user}, password in {home.products / 'running.json'}",
        ),
        ("Traefik", f"{running.traefik_url}   API {running.traefik_api_url}"),
    ):
        click.echo(f"  {name:<10}{url}")
