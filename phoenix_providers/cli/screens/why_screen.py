"""Why one thing is as it is: what asks for it, what it waits for, how it is, and what a run would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from phoenix_providers.cli.reasons.reason import Asked, Reason, Waiting
from phoenix_providers.cli.screens.spans_of_time import span
from phoenix_providers.cli.site_view.site_view import ChangeView, Standing

_SIGNS: dict[Standing, tuple[str, str]] = {"fine": ("✓", "green"), "wrong": ("✗", "red"), "unknown": ("?", "yellow")}
_CAUSES = {"drift": "drift", "declared": "declared anew", "both": "drift, and declared anew", None: ""}
# Longer ones would leave no room for what they say.
_LONG_PLACE = 48
_NO_FILE = "(no file)"
# What things are called where their kind alone would not say it.
_KINDS = {"record": "DNS record", "rule": "firewall rule"}


def draw_why(reason: Reason, console: Console) -> None:
    """Draw it."""
    console.print(Group(*_parts(reason)))


def _parts(reason: Reason) -> Iterator[RenderableType]:
    sign, style = _SIGNS[reason.standing]
    kind = _KINDS.get(reason.kind, reason.kind)
    yield Text.assemble((f"{sign} ", style), f"{kind} ", (reason.name, "bold"), f"  {reason.verdict}")
    yield from _section("asked for by", _asked(reason.asked))
    yield from _section("kept back by", _waits(reason.waits, reason.taken_at))
    yield from _section("changed last", [_changed(reason)])
    yield from _section("now", map(Text, reason.live) if reason.live else [Text("nobody has told")])
    yield from _section("a run would", _would(reason))
    if reason.next_command or reason.also:
        yield Text("")
    if reason.next_command:
        yield Text.assemble("Next: ", (reason.next_command.splitlines()[0], "bold"))
    if reason.also:
        yield Text(f"Also called so: {', '.join(reason.also)}")


def _section(title: str, lines: Iterable[RenderableType]) -> Iterator[RenderableType]:
    yield Text(title, style="dim")
    for line in lines:
        yield Padding(line, (0, 0, 0, 2))


def _asked(asked: tuple[Asked, ...]) -> Iterator[RenderableType]:
    if not asked:
        yield Text("nothing in the files")
        return
    if max(len(one.place) for one in asked) > _LONG_PLACE:
        for one in asked:
            yield Text(one.text)
            yield Padding(Text(one.place or _NO_FILE, overflow="fold"), (0, 0, 0, 2))
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in asked:
        table.add_row(one.place or _NO_FILE, one.text)
    yield table


def _waits(waits: tuple[Waiting, ...], now: float) -> Iterator[RenderableType]:
    if not waits:
        yield Text("nothing")
    for one in waits:
        since = f" ({span(now - one.since)} ago)" if one.since is not None else ""
        yield Text(f"{one.text}{since}")
        first, *others = one.next_step.splitlines() or [""]
        if first:
            yield Padding(Text(f"next: {first}"), (0, 0, 0, 2))
        yield from (Padding(Text(line.strip()), (0, 0, 0, 8)) for line in others)


def _changed(reason: Reason) -> RenderableType:
    if reason.last_change is None:
        return Text("never: no run has made it")
    by = f", by {reason.last_change.text}" if reason.last_change.text else ""
    return Text(f"{span(reason.taken_at - reason.last_change.at)} ago{by}")


def _would(reason: Reason) -> Iterator[RenderableType]:
    if reason.changes is None:
        yield Text(f"not known: {reason.changes_unknown}")
    elif not reason.changes:
        yield Text("leave it as it is")
    for change in reason.changes or ():
        yield Text(_told(change))


def _told(change: ChangeView) -> str:
    cause = f"{_CAUSES[change.cause]}: " if change.cause else ""
    return f"{change.operation} {change.name} ({cause}{change.text})"
