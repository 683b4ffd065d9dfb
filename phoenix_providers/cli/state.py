"""`phoenix state prune`, and the same after every good run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from phoenix_providers.cli.engine.own_state import own_state
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_folder import StateFolder
from phoenix_providers.errors import PhoenixError, UnsafeError
from phoenix_providers.planning.site.old_runs import KEPT_RUNS

_MEGABYTE = 1_000_000


@click.group()
def state() -> None:
    """What Pulumi keeps of this site."""


@state.command()
@click.option(
    "--keep", type=click.IntRange(min=1), default=KEPT_RUNS, show_default=True, help="How many of the newest runs stay."
)
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def prune(keep: int, pulumi_stack: str | None) -> None:
    """Remove the history and the copies of old runs from the state's folder; the state itself stays as it is.

    Only those of this project's Pulumi stack, and only where the state is in a folder (`pulumi login file://…`).
    """
    engine = Engine(Path.cwd(), pulumi_stack)
    folder = StateFolder.of(engine)
    own_state(engine, _site_id(engine))
    if folder is None:
        click.echo(f"{engine.backend} keeps its own history, so there is nothing to do here")
        return
    files, size = folder.remove_old_runs(keep)
    click.echo(f"{files} files of old runs removed ({size / _MEGABYTE:.1f} MB); those of the newest {keep} stay")


@state.command(hidden=True, add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.option("-s", "--stack", "pulumi_stack")
@click.option("-C", "--cwd", type=click.Path(path_type=Path), default=Path())
@click.argument("others", nargs=-1, type=click.UNPROCESSED)
def guard(pulumi_stack: str | None, cwd: Path, others: Sequence[str]) -> None:
    """Refuse a command line of Pulumi's that would change the state of another site; the wrapper asks, which runs it.

    `pulumi destroy` works without the program, which refuses such a state everywhere else.
    """
    del others
    engine = Engine(cwd, pulumi_stack)
    try:
        own_state(engine, _site_id(engine))
    except UnsafeError:
        raise
    except (PhoenixError, OSError):
        # Pulumi cannot read the state either, and says why in its own words.
        return


def _site_id(engine: Engine) -> str | None:
    return engine.settings().get("siteId")


def prune_after_run(engine: Engine) -> None:
    """Remove what old runs have left; a good run stays one, whatever becomes of this."""
    try:
        folder = StateFolder.of(engine)
        if folder is not None:
            folder.remove_old_runs(KEPT_RUNS)
    except (PhoenixError, OSError) as error:
        click.echo(f"warning: the history of old runs was not removed: {str(error).partition(chr(10))[0]}", err=True)
