"""What `phoenix doctor` shows: one line for what is well, a block for what is not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from phoenix_providers.errors import Explanation
from phoenix_providers.operations.doctor.examination import Check, Result, groups

_SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "trouble": ("✗", "red"), "skipped": ("-", "dim")}
_RUNNING, _WAITING = ("…", "cyan"), ("·", "dim")
_NAME_WIDTH = 12
_INDENT = 5
# What takes no time worth telling.
_SHORT_SECONDS = 0.05


def draw_doctor(results: Sequence[Result], seconds: float, console: Console) -> None:
    """Draw all findings, group by group, and what to do first."""
    for group, own in groups(results).items():
        console.print(Text(group, style="bold"))
        for result in own:
            console.print(_line(result))
            for reason in result.finding.reasons:
                console.print(_block(reason, result.finding.seen))
    console.print()
    console.print(_summary(results, seconds))


def progress(checks: Iterable[Check], results: dict[str, Result], running: Collection[str]) -> Group:
    """Return what a terminal shows while checks are running: a line for each, without what is wrong."""
    lines = []
    for check in checks:
        if check.key in results:
            lines.append(_line(results[check.key]))
            continue
        sign, style = _RUNNING if check.key in running else _WAITING
        lines.append(_row(sign, style, check.name, Text(check.group, style="dim"), ""))
    return Group(*lines)


def _line(result: Result) -> Table:
    sign, style = _SIGNS[result.finding.standing]
    shown = Text(result.finding.seen, style="dim" if result.finding.standing == "skipped" else "")
    time = f"{result.seconds:.1f} s" if result.seconds >= _SHORT_SECONDS else ""
    return _row(sign, style, result.check.name, shown, time)


def _row(sign: str, style: str, name: str, shown: Text, time: str) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=2, justify="right", no_wrap=True)
    table.add_column(width=_NAME_WIDTH, no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(width=6, justify="right", no_wrap=True)
    table.add_row(Text(sign, style=style), name, shown, Text(time, style="dim"))
    return table


def _block(reason: Explanation, said: str) -> Group:
    """Return what is wrong, and below it what to do; what the line above says is not said again."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=4, no_wrap=True)
    table.add_column(width=9, no_wrap=True)
    table.add_column(overflow="fold")
    parts = [("at", reason.where), ("seen", reason.seen), ("expected", reason.expected), ("next", reason.next_step)]
    for label, text in parts:
        for number, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
            style = "bold" if label == "next" else ""
            table.add_row("", "" if number else f"{label}:", Text(line, style=style))
    if reason.what == said:
        return Group(table)
    return Group(Padding(Text(reason.what), (0, 0, 0, _INDENT)), table)


def _summary(results: Sequence[Result], seconds: float) -> Text:
    count = {kind: sum(one.finding.standing == kind for one in results) for kind in _SIGNS}
    words = [f"{len(results)} checks", f"{count['ok']} ok"]
    if count["warning"]:
        words.append(f"{count['warning']} warning{'s' if count['warning'] != 1 else ''}")
    if count["trouble"]:
        words.append(f"{count['trouble']} in trouble")
    if count["skipped"]:
        words.append(f"{count['skipped']} not asked")
    verdict = "Nothing stands in the way of a run." if not count["trouble"] else ""
    told = f"{words[0]}: {', '.join(words[1:])}   {seconds:.1f} s"
    return Text(f"{verdict} {told}".strip())
