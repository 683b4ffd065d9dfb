"""How a run ends that is no good one."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from phoenix_providers.cli.run_progress.progress import Progress, Work
from phoenix_providers.cli.screens.elapsed import elapsed

_NAMED = 12
_NEXT = "  next:"
# Where the parts of a message begin, behind their names.
_PARTS = " " * 12


def draw_failures(progress: Progress, texts: Sequence[str], log: str, console: Console, *, fold: bool) -> None:
    """Draw what was done, and below it each failure with its next command: nothing comes behind them.

    Args:
        progress: The run.
        texts: The failures.
        log: File with the engine's own output.
        console: Where.
        fold: Whether lines are folded to the width; a log has them as they are.
    """
    done = f"{len(_on_products(progress))} changed, {progress.unchanged} unchanged"
    console.print(Text(f"\nNot everything is as declared: {done}, {elapsed(progress.now - progress.started)}", "bold"))
    console.print(Text(f"  engine log: {log}", "dim"), soft_wrap=True)
    for text in texts or ("failed: the engine does not say why",):
        _draw_text(text if _NEXT in text else f"{text}\n  next:     less {log}", console, fold=fold)


def draw_interrupted(progress: Progress, command: str, log: str, console: Console, texts: Sequence[str] = ()) -> None:
    """Draw what is done, what is not, what has failed before it was stopped, and how to go on."""
    cut_off = [work.thing.words for work in progress.running]
    failed = [work.thing.words for work in progress.works.values() if work.failed]
    done = [work.thing.words for work in _on_products(progress)]
    waiting = Counter(thing.part for thing in progress.waiting if thing.is_on_a_product)
    not_done = [f"{progress.title(part)} ({count})" for part, count in sorted(waiting.items())]
    console.print(Text(f"Stopped after {elapsed(progress.now - progress.started)}.", "bold"))
    if not progress.works:
        console.print("  nothing was changed")
    for title, names in (("done", done), ("cut off", cut_off), ("failed", failed), ("not done", not_done)):
        if names and progress.works:
            _draw_text(f"  {title + ':':<12}{_listed(names)}", console, fold=True, indent=" " * 14)
    for text in texts:
        _draw_text(text, console, fold=console.is_terminal)
    console.print(Text(f"  engine log: {log}", "dim"), soft_wrap=True)
    console.print(Text(f"  {'next:':<12}{command}"), soft_wrap=True)


def _on_products(progress: Progress) -> list[Work]:
    return [work for work in progress.changes if work.thing.is_on_a_product and not work.trouble]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _draw_text(text: str, console: Console, *, fold: bool, indent: str | None = None) -> None:
    for line in text.splitlines():
        console.print(Text("\n".join(_folded(line, console.width, indent) if fold else [line])), soft_wrap=True)


def _folded(line: str, width: int, indent: str | None) -> Iterable[str]:
    """Fold a line between words; what somebody copies into a shell stays whole."""
    if line.startswith(_NEXT) or len(line) <= width:
        return [line]
    behind = indent if indent is not None else _PARTS if line.startswith("  ") else "  "
    return textwrap.wrap(
        line, width, subsequent_indent=behind, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
