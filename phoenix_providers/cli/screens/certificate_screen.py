"""What a good run proves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from phoenix_providers.cli.run_progress.progress import Progress, Work
from phoenix_providers.cli.run_progress.rows import rows
from phoenix_providers.cli.screens.elapsed import elapsed
from phoenix_providers.cli.screens.hanging import print_hanging

_SIGNS = {"create": "+", "update": "~", "delete": "-", "replace": "±"}
# More than that, and names are only counted.
_NAMED = 12
_TITLE_WIDTH, _SECONDS_WIDTH = 22, 10
# What took longer than this is told, even if nothing was changed by it.
_TELLING_SECONDS = 1.0


@dataclass(frozen=True)
class Certificate:
    """The proof.

    Attributes:
        title: What is as declared: the site, or one stack of it.
        progress: The run.
        log: File with the engine's own output.
        routes: What was probed.
        second_pass: What the second look has found.
        verified: What a run for one stack needs and has found in order.
        untouched: The proof that nothing else was changed; empty where everything was meant.
    """

    title: str
    progress: Progress
    log: str
    routes: str
    second_pass: str
    verified: tuple[str, ...] = ()
    untouched: str = ""


def draw_certificate(certificate: Certificate, console: Console) -> None:
    """Draw it."""
    progress = certificate.progress
    head = Text("As declared: ", "bold green")
    head.append(certificate.title, "bold").append(f"   {elapsed(progress.now - progress.started)}", "not bold")
    console.print(head)
    for title, seconds, named in _changes(progress):
        _draw(title, f"{elapsed(seconds):<{_SECONDS_WIDTH}} {named}", console)
    for name, text in _facts(certificate):
        _draw(name, text, console)
    console.print(Text(f"  engine log: {certificate.log}", "dim"), soft_wrap=True)


def _draw(title: str, text: str, console: Console) -> None:
    """Draw one line; a long title has a line of its own."""
    if len(title) > _TITLE_WIDTH:
        console.print(Text(f"  {title}"))
        title = ""
    print_hanging(console, Text(f"  {title:<{_TITLE_WIDTH}} "), [Text(text)])


def _changes(progress: Progress) -> Iterator[tuple[str, float, str]]:
    """Yield what changed, by step and VM: the title, how long it took, and what it was."""
    for row in rows(progress):
        own = [work for work in progress.changes if work.thing.part == row.part]
        if own and row.seconds is not None and (row.changed or row.seconds >= _TELLING_SECONDS):
            yield f"{row.part.step} {row.title}", row.seconds, _named(own)


def _named(works: Sequence[Work]) -> str:
    on_products = [work for work in works if work.thing.is_on_a_product]
    if not on_products:
        return "checked"
    if len(on_products) > _NAMED:
        kinds = ((sign, sum(work.operation == kind for work in on_products)) for kind, sign in _SIGNS.items())
        return ", ".join(f"{sign} {count}" for sign, count in kinds if count)
    return ", ".join(f"{_SIGNS.get(work.operation, work.operation)} {work.thing.words}" for work in on_products)


def _facts(certificate: Certificate) -> Iterator[tuple[str, str]]:
    yield "unchanged", str(certificate.progress.unchanged)
    for one in certificate.verified:
        yield "verified", one
    yield "routes", certificate.routes
    yield "second pass", certificate.second_pass
    if certificate.untouched:
        yield "nothing else", certificate.untouched
