"""Routes that were followed: one a line, and what breaks with its cause and the next command below it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from phoenix_providers.operations.traefik.route_chain import Chain

_FINE, _BROKEN = "\N{CHECK MARK}", "\N{BALLOT X}"
_INDENT = 2
_NEXT = "next:"


def draw_routes(chains: Sequence[Chain], console: Console) -> None:
    """Draw them: those that are answered first, then those that one command mends, each cause said once."""
    fine = [chain for chain in chains if not chain.broken]
    _draw(console, fine, chains)
    by_cause: dict[tuple[str, str], list[Chain]] = {}
    for chain in chains:
        if step := chain.broken:
            by_cause.setdefault((step.name, step.next_step or step.text), []).append(chain)
    for several in by_cause.values():
        for text in dict.fromkeys(chain.broken.text for chain in several if chain.broken):
            _draw(console, [chain for chain in several if chain.broken and chain.broken.text == text], chains)
            _below(console, "why:", text)
        if (step := several[0].broken) and step.next_step:
            _below(console, _NEXT, step.next_step)
    console.print(Text(f"{len(fine)} of {len(chains)} routes are answered"))


def _draw(console: Console, chains: Sequence[Chain], all_of_them: Sequence[Chain]) -> None:
    """Draw one line for each, in the columns that all of them have."""
    if not chains:
        return
    widest = max(len(chain.check.name) for chain in all_of_them)
    table = _table(Column(width=1), Column(width=min(widest, console.width // 2), overflow="fold"), Column())
    for chain in chains:
        sign = Text(_BROKEN, style="red") if chain.broken else Text(_FINE, style="green")
        table.add_row(sign, Text(chain.check.name), Text(_way(chain)))
    console.print(table)


def _way(chain: Chain) -> str:
    """Say where a route leads, and what came of it."""
    ends = ", ".join(one.partition("://")[2] or one for one in chain.check.backends)
    came = f"breaks at {chain.broken.name}" if chain.broken else chain.steps[-1].text
    return f"{ends}  {came}"


def _below(console: Console, word: str, text: str) -> None:
    """Draw a text below a route; what does not fit goes on below itself."""
    table = _table(Column(width=len(_NEXT)), Column())
    table.add_row(Text(word), Text(text, style="" if word == _NEXT else "red"))
    console.print(Padding(table, (0, 0, 0, _INDENT)))


def _table(*columns: Column) -> Table:
    return Table(*columns, box=None, pad_edge=False, show_header=False, padding=(0, 1, 0, 0))
