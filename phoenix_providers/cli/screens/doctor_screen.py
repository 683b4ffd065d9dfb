"""What `phoenix doctor` shows: one line for what is well, a block for what is not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from rich.console import Console, Group
from rich.text import Text

from phoenix_providers.cli.screens.hanging import print_hanging
from phoenix_providers.errors import Explanation
from phoenix_providers.operations.doctor.examination import Check, Result, groups

_SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "trouble": ("✗", "red"), "skipped": ("-", "dim")}
_RUNNING, _WAITING = ("…", "cyan"), ("·", "dim")
_NAME_WIDTH, _LABEL_WIDTH, _TIME_WIDTH = 12, 10, 8
_INDENT = "     "
# What takes no time worth telling.
_SHORT_SECONDS = 0.05


def draw_doctor(results: Sequence[Result], seconds: float, console: Console) -> None:
    """Draw all findings, group by group, and how many are of which kind."""
    for group, own in groups(results).items():
        console.print(Text(group, style="bold"))
        for result in own:
            for line in _line(result, console):
                console.print(line)
            for reason in result.finding.reasons:
                _draw_reason(reason, result.finding.seen, console)
    console.print()
    print_hanging(console, Text(), [_summary(results, seconds)])


def progress(
    checks: Iterable[Check], results: Mapping[str, Result], running: Collection[str], console: Console
) -> Group:
    """Return what a terminal shows while checks are running: a line for each, without what is wrong."""
    lines: list[Text] = []
    for check in checks:
        if check.key in results:
            lines += _line(results[check.key], console)
        else:
            sign = _RUNNING if check.key in running else _WAITING
            lines += _row(sign, check.name, Text(check.group, style="dim"), "", console)
    return Group(*lines)


def _line(result: Result, console: Console) -> Iterator[Text]:
    finding = result.finding
    shown = Text(finding.seen, style="dim" if finding.standing == "skipped" else "")
    time = f"{result.seconds:.1f} s" if result.seconds >= _SHORT_SECONDS else ""
    return _row(_SIGNS[finding.standing], result.check.name, shown, time, console)


def _row(sign: tuple[str, str], name: str, shown: Text, time: str, console: Console) -> Iterator[Text]:
    """Yield lines with what is shown folded between a name and a time."""
    before = Text.assemble(" ", sign, f" {name:<{_NAME_WIDTH}} ")
    width = max(console.width - before.cell_len - _TIME_WIDTH, 1)
    for number, part in enumerate(shown.wrap(console, width)):
        part.rstrip()
        if number:
            yield Text(" " * before.cell_len) + part
        elif time:
            yield Text.assemble(before, part, " " * (width - part.cell_len), (f"{time:>{_TIME_WIDTH}}", "dim"))
        else:
            yield before + part


def _draw_reason(reason: Explanation, said: str, console: Console) -> None:
    """Draw what is wrong, and below it what to do; what the line above says is not said again."""
    if reason.what != said:
        print_hanging(console, Text(_INDENT), [Text(reason.what)])
    parts = (("at", reason.where), ("seen", reason.seen), ("expected", reason.expected), ("next", reason.next_step))
    for label, text in parts:
        style = "bold" if label == "next" else ""
        if lines := [Text(line.strip(), style=style) for line in text.splitlines() if line.strip()]:
            print_hanging(console, Text(f"{_INDENT}{label + ':':<{_LABEL_WIDTH}}"), lines)


def _summary(results: Sequence[Result], seconds: float) -> Text:
    count = {kind: sum(one.finding.standing == kind for one in results) for kind in _SIGNS}
    words = [f"{count['ok']} ok"]
    if count["warning"]:
        words.append(f"{count['warning']} warning{'s' if count['warning'] != 1 else ''}")
    if count["trouble"]:
        words.append(f"{count['trouble']} in trouble")
    if count["skipped"]:
        words.append(f"{count['skipped']} not asked")
    verdict = "" if count["trouble"] else "Nothing stands in the way of a run. "
    return Text(f"{verdict}{len(results)} checks: {', '.join(words)}   {seconds:.1f} s")
