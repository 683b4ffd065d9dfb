"""The last run as bars: one lane for each step and each environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from phoenix_providers.models.run_record import RunRecord, RunStep
from phoenix_providers.planning.site.run_parts import STEP_TITLES, Part, part_of


@dataclass(frozen=True)
class Bar:
    """One operation.

    Attributes:
        begin: Seconds from the run's start.
        end: The same.
        is_cut: Whether the run was cut off in the middle of it.
        row: In which line of its lane it is, so that what went on at once is not on top of each other.
    """

    step: RunStep
    begin: float
    end: float
    is_cut: bool
    row: int


@dataclass(frozen=True)
class Lane:
    """One step, or one environment of step 6."""

    title: str
    bars: tuple[Bar, ...]

    @property
    def rows(self) -> int:
        """How many lines it takes."""
        return max((bar.row for bar in self.bars), default=0) + 1


def seconds_of(run: RunRecord) -> float:
    """Return how long a run took; one that was cut off, until the last that is known of it."""
    times = (time for step in run.steps for time in (step.started, step.ended))
    end = run.ended or max((time for time in times if time is not None), default=run.started)
    return max(end - run.started, 0.0)


def lanes(run: RunRecord, environments: Mapping[str, str]) -> tuple[Lane, ...]:
    """Return the lanes of a run, in the order of the steps.

    Args:
        run: What was done.
        environments: Name of the environment by the number of its VM.
    """
    found: dict[Part, list[RunStep]] = {}
    for step in run.steps:
        found.setdefault(part_of(step.name, step.type), []).append(step)
    return tuple(Lane(_title(part, environments), tuple(_bars(run, found[part]))) for part in sorted(found))


def _title(part: Part, environments: Mapping[str, str]) -> str:
    if not part.vmid:
        return f"{part.step} {STEP_TITLES[part.step]}"
    return f"{part.step} {environments.get(str(part.vmid), 'environment')} ({part.vmid})"


def _bars(run: RunRecord, steps: Iterable[RunStep]) -> Iterable[Bar]:
    whole = seconds_of(run)
    ends: list[float] = []
    for step in sorted(steps, key=lambda one: one.started):
        begin = max(step.started - run.started, 0.0)
        end = whole if step.ended is None else max(step.ended - run.started, begin)
        row = next((number for number, last in enumerate(ends) if last <= begin), len(ends))
        ends[row : row + 1] = [end]
        yield Bar(step, begin, end, step.ended is None, row)
