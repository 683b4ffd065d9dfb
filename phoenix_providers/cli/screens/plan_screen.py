"""What a run would change, drawn: what goes first, then step by step; unchanged things are one number."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

from phoenix_providers.cli.screens.hanging import print_hanging
from phoenix_providers.planning.site.changes.change import Action, Change, Note, SiteChanges, TextChange
from phoenix_providers.planning.stacks.forecast.stack_forecast import Sending

SIGNS = {Action.REMOVE: "-", Action.MAKE: "+", Action.CHANGE: "~"}
_COLOURS = {Action.REMOVE: "red", Action.MAKE: "green", Action.CHANGE: "yellow"}
STEPS: Mapping[int, str] = {
    3: "readiness",
    4: "DNS and firewall",
    5: "routes of guests",
    6: "environments and stacks",
    7: "routes of stacks",
}
_STYLES = {"-": "red", "+": "green", "@": "dim"}
_CONTEXT_LINES = 2
_NARROWEST_TITLE, _WIDEST_TITLE = 12, 20


def draw_plan(site: str, found: SiteChanges, seconds: float, console: Console, *, diffs: bool = False) -> None:
    """Draw all changes.

    Args:
        site: Its name.
        found: What changes.
        seconds: How long it took to find out.
        console: Where to draw.
        diffs: Whether texts are shown with what differs in them.
    """
    console.print(_headline(site, found, seconds, console.width))
    # A long title has a line of its own, and widens nobody else's.
    width = max((len(one.title) for one in found.changes if len(one.title) <= _WIDEST_TITLE), default=0)
    groups = [(key, list(group)) for key, group in groupby(found.changes, key=_group)]
    for name, group in groups:
        if len(groups) > 1:
            console.print(Text(name, style="bold"))
        for one in group:
            _draw_row(one, max(width, _NARROWEST_TITLE), console)
            for text in one.texts if diffs else ():
                _draw_difference(text, console)
    for line in closing_lines(found):
        console.print(Text(line))


def closing_lines(found: SiteChanges) -> Iterator[str]:
    """Yield what is to be said behind the changes."""
    if not found.is_empty and not found.changes:
        yield "Nothing changes on any product; only what is remembered of this site is brought up to date."
    elif found.changes:
        yield from _restart_lines(found)
    if found.others:
        several = f"{found.others} changes are" if found.others > 1 else "1 change is"
        yield f"{several} about other names: phoenix plan shows all."


def _restart_lines(found: SiteChanges) -> Iterator[str]:
    forecasts = [one.forecast for one in found.changes if one.forecast is not None]
    sure = all(
        one.sending is not Sending.UNKNOWN and all(container.is_certain for container in one.containers)
        for one in forecasts
    )
    of_it = "of it " if found.others else ""
    word = (
        f"Nothing else {of_it}restarts"
        if any(one.interrupted for one in forecasts)
        else f"No container {of_it}restarts"
    )
    yield f"{word}." if sure else f"{word}, as far as can be known."


def summary(found: SiteChanges) -> str:
    """Say how much changes."""
    if found.is_empty:
        return f"nothing to do, {found.as_declared} as declared"
    count = len(found.changes)
    return f"{count} {'change' if count == 1 else 'changes'}, {found.as_declared} as declared"


def place_of(note: Note) -> str:
    """Return where the files ask for it, as terminals link it: from the folder in which the user is."""
    if note.place is None:
        return ""
    file, here = note.place.file, Path.cwd()
    shown = file.relative_to(here) if file.is_relative_to(here) else file
    return f"{shown}:{note.place.line}" if note.place.line else str(shown)


def difference(text: TextChange) -> Iterator[str]:
    """Yield the lines of a small difference: two lines around each change."""
    before, after = text.before.splitlines(), text.after.splitlines()
    lines = difflib.unified_diff(before, after, "now", text.title, lineterm="", n=_CONTEXT_LINES)
    for number, line in enumerate(lines):
        if number >= 2:
            yield line


def _headline(site: str, found: SiteChanges, seconds: float, width: int) -> Text:
    said = f"site {site}   {summary(found)}"
    took = f"{seconds:.1f} s"
    return Text(said + " " * max(width - len(said) - len(took), 2) + took)


def _group(change: Change) -> str:
    if change.action is Action.REMOVE:
        return "Removed"
    return f"{change.step}  {STEPS[change.step]}"


def _draw_row(change: Change, width: int, console: Console) -> None:
    colour = _COLOURS[change.action]
    title = change.title
    sign = f" {SIGNS[change.action]} "
    if len(title) > width:
        console.print(Text.assemble((f"{sign}{title}", colour)))
        sign, title = " " * len(sign), ""
    print_hanging(console, Text.assemble((f"{sign}{title:<{width}}  ", colour)), _lines(change))


def _lines(change: Change) -> Iterator[Text]:
    for number, note in enumerate(change.notes):
        told = Text("not as the last run left it: " if change.is_drift and not number else "")
        told.append(note.text)
        if place := place_of(note):
            told.append(f"  ({place})", style="dim")
        yield told
    if change.effects:
        yield Text("; ".join(change.effects))


def _draw_difference(text: TextChange, console: Console) -> None:
    for line in difference(text):
        print_hanging(console, Text("     "), [Text(line, style=_STYLES.get(line[:1], ""))])
