"""A run while it goes on: one line for each step, and for each environment that has something to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from phoenix_providers.cli.run_progress.failures import remarks
from phoenix_providers.cli.run_progress.progress import Progress, is_environment
from phoenix_providers.cli.run_progress.rows import Row, State, rows
from phoenix_providers.cli.run_progress.things import PORTAINER
from phoenix_providers.cli.screens.elapsed import clock, elapsed

_STYLES: Mapping[State, str] = {
    "done": "green",
    "working": "bold",
    "failed": "bold red",
    "not done": "yellow",
    "waiting": "dim",
}
# The heading, the last remark, where the engine's own output is, and a line for the cursor.
_AROUND = 5
_USUAL_HEIGHT = 24
# The order in which environments get their lines while there is room.
_TO_BE_SEEN = ("failed", "not done", "working")


def draw_progress(progress: Progress, console: Console, command: str, log: str, stopping: int = 0) -> None:
    """Draw it as it is now.

    Args:
        progress: The run.
        console: Where.
        command: What was typed.
        log: File with the engine's own output.
        stopping: How often it was told to stop.
    """
    console.print(progress_screen(progress, command, log, console.height or _USUAL_HEIGHT, stopping))


def progress_screen(progress: Progress, command: str, log: str, height: int, stopping: int = 0) -> Group:
    """Return what is drawn; no longer than `height` lines."""
    found = rows(progress)
    lines = height - _AROUND - sum(not is_environment(row.part) for row in found)
    said = remarks(progress.said)
    ends = [_line(f"  said: {said[-1].splitlines()[0]}", "dim")] if said else []
    return Group(
        _line(f"{command}   {_going(progress)}, {elapsed(progress.now - progress.started)}   {_stop(stopping)}"),
        _table(found, max(lines, 0)),
        *ends,
        _line(f"  the engine's own output: {log}", "dim"),
    )


def _line(text: str, style: str = "") -> Text:
    return Text(text, style, no_wrap=True, overflow="ellipsis")


def _going(progress: Progress) -> str:
    if progress.is_over:
        return f"{len(progress.settled)} done"
    if not progress.known:
        return "starting"
    if not progress.settled and not progress.works:
        return f"looking at what there is ({len(progress.looked_at)})"
    return "running"


def _stop(stopping: int) -> str:
    return ("(Ctrl-C finishes what is under way)", "stopping; Ctrl-C again cancels")[min(stopping, 1)]


def _table(found: Sequence[Row], lines: int) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
    for width in (20, 8, 8, 6):
        table.add_column(no_wrap=True, width=width, overflow="ellipsis", justify="left")
    table.add_column(no_wrap=True, ratio=1, overflow="ellipsis")
    environments = [row for row in found if is_environment(row.part)]
    for row in found:
        if not is_environment(row.part):
            own = environments if row.part.step == PORTAINER else []
            _add(table, row, f"  {row.part.step} {row.title}", f"VMs: {_counted(own)}" if own else "")
            shown = _seen(own, lines)
            for one in shown:
                _add(table, one, f"      {one.title}")
            if hidden := [one for one in own if one not in shown and one.state in _TO_BE_SEEN]:
                table.add_row("      and more", "", "", "", f"VMs: {_counted(hidden)}")
    return table


def _add(table: Table, row: Row, title: str, message: str = "") -> None:
    count = f"{row.done} of {row.known}" if row.known else ""
    seconds = clock(row.seconds) if row.seconds is not None else ""
    changed = f"{row.changed} changed" if row.changed and row.state == "done" else ""
    state = Text(row.state, _STYLES[row.state])
    table.add_row(Text(title), state, Text(count), Text(seconds), Text(message or row.message or changed))


def _counted(environments: Sequence[Row]) -> str:
    counts = Counter(row.state for row in environments)
    return ", ".join(f"{counts[state]} {state}" for state in _STYLES if counts[state])


def _seen(environments: Sequence[Row], lines: int) -> list[Row]:
    """Return those that get a line: first what failed, then what has been under way for longest."""
    telling = [row for row in environments if row.state in _TO_BE_SEEN]
    telling.sort(key=lambda row: (_TO_BE_SEEN.index(row.state), -(row.seconds or 0)))
    # One line says how many more there are.
    return telling if len(telling) <= lines else telling[: max(lines - 1, 0)]
