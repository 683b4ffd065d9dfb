"""`phoenix state prune`, and the same after every good run; `phoenix state release`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from phoenix_providers.cli.engine.own_state import own_state
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.state_folder import StateFolder
from phoenix_providers.cli.engine.state_lock import locks_in
from phoenix_providers.cli.engine.state_lock import release as release_lock
from phoenix_providers.errors import PhoenixError, UnsafeError, UsageError
from phoenix_providers.planning.site.old_runs import KEPT_RUNS

_MEGABYTE = 1_000_000


@click.group()
def state() -> None:
    """What Pulumi keeps of this site."""


@state.command(short_help="Remove what old runs have left.")
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


@state.command(short_help="Who holds the state? Release it from a killed run.")
@click.option(
    "--force", is_flag=True, help="Release also what was locked on another computer: first see that no run is there."
)
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def release(force: bool, pulumi_stack: str | None) -> None:
    """Say who holds the state, and release it from a run that was killed.

    A lock is released without a question where its process is proven to be gone. One of a run that is going on is
    never released.
    """
    engine = Engine(Path.cwd(), pulumi_stack)
    folder = StateFolder.of(engine)
    if folder is None:
        raise UsageError(
            "Only the backend itself knows who holds this state",
            where=engine.backend,
            next_step="pulumi cancel   (first see that no run is going on)",
        )
    held = locks_in(folder)
    if not held:
        click.echo("Nobody holds the state.")
        return
    staying = [one for one in held if one.kind == "alive" or (one.kind == "unknown" and not force)]
    for one in held:
        if one not in staying:
            release_lock(one.lock)
            click.echo(f"Released: {one.lock.who}; {one.reason}.")
    if staying:
        first = staying[0].explanation()
        raise UnsafeError(
            "The lock stays: its run may be going on",
            where=first.where,
            seen="\n            ".join(f"{one.lock.who}; {one.reason}" for one in staying),
            expected="a process that is gone, on this computer",
            next_step="\n            ".join(one.next_step for one in staying),
        )
    click.echo("Run the same command again: it goes on from what is done.")


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
