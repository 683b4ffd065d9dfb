"""What a run would change, as Markdown: for a comment on a change of the files."""

from __future__ import annotations

from collections.abc import Iterator

from phoenix_providers.cli.screens.plan_screen import SIGNS, closing_lines, difference, place_of, summary
from phoenix_providers.planning.site.changes.change import Change, SiteChanges

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\|<>*_`[]#"})


def markdown(site: str, found: SiteChanges) -> Iterator[str]:
    """Yield the lines."""
    yield f"### {_plain(site)}: {summary(found)}"
    yield ""
    if found.changes:
        yield "| | what | change |"
        yield "|---|---|---|"
        yield from (f"| {SIGNS[one.action]} | {_plain(one.title)} | {_notes(one)} |" for one in found.changes)
        yield ""
    yield from map(_plain, closing_lines(found))
    for change in found.changes:
        yield from _texts(change)


def _notes(change: Change) -> str:
    lines = []
    for note in change.notes:
        place = place_of(note)
        lines.append(_plain(note.text) + (f" (`{place}`)" if place else ""))
    return "<br>".join([*lines, *([_plain("; ".join(change.effects))] if change.effects else [])])


def _texts(change: Change) -> Iterator[str]:
    for text in change.texts:
        lines = list(difference(text))
        if lines:
            yield from ("", f"<details><summary>{_plain(text.title)}</summary>", "", "```diff", *lines, "```")
            yield from ("", "</details>")


def _plain(text: str) -> str:
    return text.translate(_MARKS)
