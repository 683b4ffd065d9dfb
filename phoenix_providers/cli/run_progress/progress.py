"""How far a run is: made of the engine's events, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from phoenix_providers.cli.run_progress.engine_events import Said, Worked, read
from phoenix_providers.cli.run_progress.things import Thing
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.models.run_record import Operation
from phoenix_providers.planning.site.run_parts import PORTAINER, STEP_TITLES, Part


@dataclass(frozen=True)
class Work:
    """One operation on one thing; times are seconds since 1970.

    Attributes:
        trouble: Why it is not as declared, though the operation has ended.
    """

    thing: Thing
    operation: Operation
    started: float
    ended: float | None = None
    failed: bool = False
    trouble: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended or self.started) - self.started


@dataclass(frozen=True)
class Progress:
    """A run so far.

    Attributes:
        started: Seconds since 1970.
        now: The time of the last event, or of the last look.
        works: All that changes or failed, by the engine's address, in the order in which it began.
        known: All things, by address.
        looked_at: Which of them have been read.
        settled: Which of them are done with, whether or not something changed.
        environments: Portainer's names by number of the VM.
        said: What was said, each once.
        steps: Those that the run goes through, whether or not it is known what they have.
        is_over: Whether the engine has ended.
    """

    started: float
    now: float
    works: Mapping[str, Work] = field(default_factory=dict)
    known: Mapping[str, Thing] = field(default_factory=dict)
    looked_at: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    environments: Mapping[int, str] = field(default_factory=dict)
    said: tuple[Said, ...] = ()
    steps: tuple[int, ...] = tuple(STEP_TITLES)
    is_over: bool = False

    @classmethod
    def beginning(
        cls, at: float, steps: Iterable[int] = tuple(STEP_TITLES), environments: Mapping[int, str] | None = None
    ) -> Progress:
        """Return that of a run which begins now."""
        return cls(at, at, steps=tuple(steps), environments=environments or {})

    def after(self, events: Iterable[EngineRecord], at: float) -> Progress:
        """Return it as it is behind these events, which have come until now."""
        progress = replace(self, now=at)
        for event in events:
            match read(event):
                case Said() as said if said not in progress.said:
                    progress = replace(progress, said=(*progress.said, said))
                case Worked() as worked:
                    progress = progress._worked(worked, at)
        return progress

    def ended(self, at: float) -> Progress:
        """Return it as it is when the engine has ended."""
        return replace(self, now=at, is_over=True)

    @property
    def running(self) -> tuple[Work, ...]:
        """What is under way."""
        return tuple(work for work in self.works.values() if work.ended is None)

    @property
    def changes(self) -> tuple[Work, ...]:
        """What has been changed."""
        return tuple(one for one in self.works.values() if one.ended and not one.failed and one.operation != "refresh")

    @property
    def unchanged(self) -> int:
        """How many things on products stayed as they were."""
        return sum(self.known[urn].is_on_a_product for urn in self.settled - self.works.keys())

    @property
    def waiting(self) -> tuple[Thing, ...]:
        """What nothing has been done about yet, as far as it is known."""
        done = self.settled | self.works.keys()
        return tuple(thing for urn, thing in self.known.items() if urn not in done)

    def title(self, part: Part) -> str:
        """Return what a part is called."""
        if not part.vmid:
            return STEP_TITLES[part.step]
        return f"{part.vmid} {self.environments.get(part.vmid, '')}".rstrip()

    def _worked(self, worked: Worked, at: float) -> Progress:
        thing = Thing.of(worked.urn)
        if thing is None:
            return self
        progress = self
        if worked.urn not in self.known:
            progress = replace(progress, known={**self.known, worked.urn: thing})
        if worked.environment and thing.part.vmid not in self.environments:
            progress = replace(progress, environments={**self.environments, thing.part.vmid: worked.environment})
        if worked.operation == "refresh" and worked.phase != "failed":
            is_read = worked.phase == "ended"
            return replace(progress, looked_at=progress.looked_at | {worked.urn}) if is_read else progress
        if worked.phase != "began":
            progress = replace(progress, settled=progress.settled | {worked.urn})
        if worked.operation == "same" and worked.phase != "failed":
            return progress
        before = progress.works.get(worked.urn) or Work(thing, worked.operation, at)
        work = replace(
            before,
            ended=None if worked.phase == "began" else at,
            failed=before.failed or worked.phase == "failed",
            trouble=worked.trouble or before.trouble,
        )
        return replace(progress, works={**progress.works, worked.urn: work})


def parts_of(progress: Progress) -> tuple[Part, ...]:
    """Return all parts that a run is about, each step in front of its environments."""
    parts = {thing.part for thing in progress.known.values()}
    steps = {part.step for part in parts} | set(() if progress.is_over else progress.steps)
    return tuple(sorted(parts | {Part(step) for step in steps}))


def is_environment(part: Part) -> bool:
    """Whether a part is an environment of Portainer's step."""
    return part.step == PORTAINER and part.vmid > 0
