"""A run in a pipe or a log: a line when something is done, and one before if that takes its time."""

from __future__ import annotations

from collections.abc import Iterator

from phoenix_providers.cli.run_progress.failures import remarks
from phoenix_providers.cli.run_progress.progress import Progress, Work
from phoenix_providers.cli.run_progress.rows import doing
from phoenix_providers.cli.screens.elapsed import elapsed
from phoenix_providers.planning.site.run_parts import STEP_TITLES, VERDICT

# Whoever waits longer wants to know what for.
_LONG_SECONDS = 5.0
_DONE = {"create": "created", "update": "updated", "delete": "removed", "replace": "replaced", "refresh": "read"}


class PlainProgress:
    """Knows what it has said: no change has more than three lines, and nothing is said twice."""

    def __init__(self) -> None:
        self._begun: set[str] = set()
        self._ended: set[str] = set()
        self._remarks = 0

    def lines(self, progress: Progress) -> Iterator[str]:
        """Yield what is new."""
        at = f"{progress.now - progress.started:6.1f} s"
        said = remarks(progress.said)
        for text in said[self._remarks :]:
            yield f"{at}  {text}"
        self._remarks = len(said)
        for urn, work in progress.works.items():
            is_long = progress.now - work.started >= _LONG_SECONDS
            if work.ended is None and is_long and urn not in self._begun:
                self._begun.add(urn)
                yield f"{at}  {_where(progress, work)}  {doing(work)} since {elapsed(progress.now - work.started)}"
            if work.ended is not None and urn not in self._ended:
                self._ended.add(urn)
                # What failed, and what the verdict is, is told at the end.
                if work.thing.is_on_a_product or (work.failed and work.thing.part.step != VERDICT):
                    yield f"{at}  {_where(progress, work)}  {_told(work)}"


def _where(progress: Progress, work: Work) -> str:
    part = work.thing.part
    return f"{part.step} {progress.title(part) if part.vmid else STEP_TITLES[part.step]}".ljust(20)


def _told(work: Work) -> str:
    took = elapsed(work.seconds)
    if work.failed:
        return f"{work.thing.words}: failed ({took})"
    if work.trouble:
        return f"{work.thing.words}: not as declared ({took})"
    return f"{work.thing.words} {_DONE.get(work.operation, work.operation)} ({took})"
