"""`phoenix status [--watch]`: the site at a glance."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.live import Live

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.screens.console import console

if TYPE_CHECKING:
    from phoenix_providers.cli.site_view.known import Asked
    from phoenix_providers.cli.site_view.site_view import SiteView


@click.command(short_help="Show the site at a glance, now or again and again.")
@click.option("--watch", is_flag=True, help="Look again every few seconds, until Ctrl-C; in a pipe, tell what changed.")
@click.option(
    "--every",
    type=click.FloatRange(min=1),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="With --watch: how long to wait between two looks.",
)
@click.option("--all", "everything", is_flag=True, help="List also what is fine.")
@click.option("--json", "as_json", is_flag=True, help="Print it for other programs.")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def status(watch: bool, every: float, everything: bool, as_json: bool, pulumi_stack: str | None) -> None:
    """Show the seven steps, guests, environments, stacks and routes as they are now, and what to type now.

    Reads only, takes no lock, and works while products are down and before the first run.
    """
    engine = Engine(Path.cwd(), pulumi_stack)
    if not watch:
        # The engine's answers take their time, and so does what is only needed behind them.
        show(look(engine, engine.asked_ahead()), as_json=as_json, everything=everything)
        return
    screen = console()
    with _ended_at_once(screen):
        if screen.is_terminal and not as_json:
            _live(engine, screen, every)
        else:
            _told(engine, every, as_json=as_json, everything=everything)


def look(engine: Engine, asked: Asked | None = None) -> SiteView:
    """Look once."""
    from phoenix_providers.cli.site_view.gathering import gather

    return gather(engine, asked)


def show(view: SiteView, *, as_json: bool, everything: bool) -> None:
    """Print it once."""
    from phoenix_providers.cli.documents.status_document import StatusDocument
    from phoenix_providers.cli.screens.status_screen import draw_status

    if as_json:
        click.echo(StatusDocument.of(view).text())
    else:
        draw_status(view, console(), everything=everything)


def _live(engine: Engine, screen: Console, every: float) -> None:
    from phoenix_providers.cli.screens.status_screen import watched

    with Live(console=screen, screen=True, auto_refresh=False, vertical_overflow="ellipsis") as live:
        while True:
            view = _quietly(engine)
            moment = time.strftime("%H:%M:%S", time.localtime(view.taken_at))
            live.update(watched(view, f"{moment}, again every {every:g} s; Ctrl-C ends this"), refresh=True)
            time.sleep(every)


def _told(engine: Engine, every: float, *, as_json: bool, everything: bool) -> None:
    """Print a block whenever something has changed."""
    before: SiteView | None = None
    while True:
        view = _quietly(engine)
        if (now := replace(view, taken_at=0.0, took=0.0)) != before:
            show(view, as_json=as_json, everything=everything)
            sys.stdout.flush()
        before = now
        time.sleep(every)


def _quietly(engine: Engine) -> SiteView:
    """Look; what libraries say beside it would tear the screen apart."""
    with contextlib.redirect_stderr(io.StringIO()):
        return look(engine)


@contextlib.contextmanager
def _ended_at_once(screen: Console) -> Iterator[None]:
    """Let Ctrl-C end the process at once, and well: nothing is under way, and silent servers take their time."""

    def leave(*_: object) -> None:
        if screen.is_terminal:
            screen.set_alt_screen(enable=False)
            screen.show_cursor(True)
        sys.stdout.flush()
        os._exit(0)

    before = signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
