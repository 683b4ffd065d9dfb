"""The last run as bars: one lane for each step and each environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from phoenix_providers.models.run_record import RunRecord, RunStep

READINESS, INFRASTRUCTURE, GUEST_ROUTES, PORTAINER, STACK_ROUTES, VERDICT = 3, 4, 5, 6, 7, 8
_TITLES = {
    READINESS: "readiness",
    INFRASTRUCTURE: "DNS and firewall",
    GUEST_ROUTES: "routes of guests",
    PORTAINER: "Portainer",
    STACK_ROUTES: "routes of stacks",
    VERDICT: "verdict",
}
_STEPS = {
    "Inventory": READINESS,
    "ReadinessGate": READINESS,
    "ReadinessAgain": READINESS,
    "PortainerRegistry": PORTAINER,
    "PortainerEndpoint": PORTAINER,
    "PortainerStack": PORTAINER,
    "Verdict": VERDICT,
    "LastWord": VERDICT,
}


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
    found: dict[tuple[int, int], list[RunStep]] = {}
    for step in run.steps:
        found.setdefault(_place(step), []).append(step)
    return tuple(Lane(_title(place, environments), tuple(_bars(run, found[place]))) for place in sorted(found))


def _place(step: RunStep) -> tuple[int, int]:
    """Return the number of the step, and of the VM for what belongs to an environment."""
    if step.type == "TraefikConfig":
        return (STACK_ROUTES if step.name == "traefik-stacks" else GUEST_ROUTES), 0
    number = _STEPS.get(step.type, INFRASTRUCTURE)
    vmid = step.name.rpartition("@")[2]
    return number, int(vmid) if number == PORTAINER and vmid.isdecimal() else 0


def _title(place: tuple[int, int], environments: Mapping[str, str]) -> str:
    number, vmid = place
    if not vmid:
        return f"{number} {_TITLES[number]}"
    return f"{number} {environments.get(str(vmid), 'environment')} ({vmid})"


def _bars(run: RunRecord, steps: Iterable[RunStep]) -> Iterable[Bar]:
    whole = seconds_of(run)
    ends: list[float] = []
    for step in sorted(steps, key=lambda one: one.started):
        begin = max(step.started - run.started, 0.0)
        end = whole if step.ended is None else max(step.ended - run.started, begin)
        row = next((number for number, last in enumerate(ends) if last <= begin), len(ends))
        ends[row : row + 1] = [end]
        yield Bar(step, begin, end, step.ended is None, row)
