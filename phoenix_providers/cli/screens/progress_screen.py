"""A run while it goes on: one line for each step, and for each environment that has something to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from phoenix_providers.cli.run_progress.progress import Progress, is_environment
from phoenix_providers.cli.run_progress.rows import Row, State, rows
from phoenix_providers.cli.screens.elapsed import clock, elapsed
from phoenix_providers.planning.site.run_parts import PORTAINER

_STYLES: Mapping[State, str] = {
    "done": "green",
    "working": "bold",
    "failed": "bold red",
    "not done": "yellow",
    "waiting": "dim",
}
# The heading, what Ctrl-C does, and a line for the cursor; what was said stays above.
_AROUND = 3
_STOP = (
    "Ctrl-C finishes what is under way, and stops",
    "stopping: what is under way is finished first; Ctrl-C again cancels it",
    "cancelling what is under way",
)
# The order in which environments get their lines while there is room.
_TO_BE_SEEN: tuple[State, ...] = ("failed", "not done", "working")


def progress_screen(progress: Progress, command: str, height: int, stopping: int = 0) -> Group:
    """Return what is drawn of it as it is now.

    Args:
        progress: The run.
        command: What was typed.
        height: It has no more lines.
        stopping: How often it was told to stop.
    """
    found = rows(progress)
    lines = height - _AROUND - sum(not is_environment(row.part) for row in found)
    return Group(
        _line(f"{command}   {_going(progress)}, {elapsed(progress.now - progress.started)}", "bold"),
        _table(found, max(lines, 0)),
        _line(f"  {_STOP[min(stopping, len(_STOP) - 1)]}", "dim"),
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


def _table(found: Sequence[Row], lines: int) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
    for width in (20, 8, 9, 6):
        table.add_column(no_wrap=True, width=width, overflow="ellipsis", justify="left")
    table.add_column(no_wrap=True, ratio=1, overflow="ellipsis")
    environments = [row for row in found if is_environment(row.part)]
    for row in found:
        if not is_environment(row.part):
            own = environments if row.part.step == PORTAINER else []
            _add(table, row, f"  {row.part.step} {row.title}", own)
            shown = _seen(own, lines)
            for one in shown:
                _add(table, one, f"      {one.title}")
            if hidden := [one for one in own if one not in shown and one.state in _TO_BE_SEEN]:
                table.add_row(f"      and {len(hidden)} more", "", "", "", _counted(hidden))
    return table


def _add(table: Table, row: Row, title: str, environments: Sequence[Row] = ()) -> None:
    count, message = f"{row.done} of {row.known}" if row.known else "", row.message
    if environments:
        done = sum(one.state == "done" for one in environments)
        count, message = f"{done}/{len(environments)} VMs", _counted(environments)
    seconds = clock(row.seconds) if row.seconds is not None else ""
    changed = f"{row.changed} changed" if row.changed and row.state == "done" else ""
    state = Text(row.state, _STYLES[row.state])
    table.add_row(Text(title), state, Text(count), Text(seconds), Text(message or changed))


def _counted(environments: Sequence[Row]) -> str:
    counts = Counter(row.state for row in environments)
    order: tuple[State, ...] = (*_TO_BE_SEEN, "waiting")
    return ", ".join(f"{counts[state]} {state}" for state in order if counts[state])


def _seen(environments: Sequence[Row], lines: int) -> list[Row]:
    """Return those that get a line: first what failed, then what has been under way for longest."""
    telling = [row for row in environments if row.state in _TO_BE_SEEN]
    telling.sort(key=lambda row: (_TO_BE_SEEN.index(row.state), -(row.seconds or 0)))
    # One line says how many more there are.
    return telling if len(telling) <= lines else telling[: max(lines - 1, 0)]
