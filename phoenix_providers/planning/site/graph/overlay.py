"""What is laid over the picture of the files: how things are, and what the last run did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phoenix_providers.planning.stacks.health import HealthStatus

if TYPE_CHECKING:
    from phoenix_providers.models.run_record import RunRecord
    from phoenix_providers.planning.site.graph.picture import Thing

# Beside its word, so that nothing is said by colour alone.
SIGNS = {
    HealthStatus.HEALTHY: "✓",
    HealthStatus.PROGRESSING: "…",
    HealthStatus.DEGRADED: "✗",
    HealthStatus.MISSING: "○",
    HealthStatus.UNKNOWN: "?",
}
DRIFT_SIGN = "≠"


@dataclass(frozen=True)
class Standing:
    """How one thing is.

    Attributes:
        health: None where nobody has looked.
        drift: In words, what is otherwise than declared; empty if nothing is known to be.
        detail: Why it is not healthy; the first line tells the most.
        probe: What its route answered last, such as `200 in 12 ms`.
    """

    health: HealthStatus | None = None
    drift: str = ""
    detail: str = ""
    probe: str = ""

    @property
    def word(self) -> str:
        """Its health in a word; empty where nobody has looked."""
        return self.health.value.lower() if self.health else ""

    @property
    def marks(self) -> tuple[str, ...]:
        """What is not as it should be, each as sign and word."""
        bad = self.health not in (None, HealthStatus.HEALTHY)
        health = (f"{SIGNS[self.health]} {self.word}",) if self.health and bad else ()
        return (*health, f"{DRIFT_SIGN} drift") if self.drift else health


@dataclass(frozen=True)
class Overlay:
    """How the site is.

    Attributes:
        source: From where and when this is known, for people.
        standings: By name: `NAME@VMID` of a stack, `environment@VMID`, `registry@NAME`, name or number of a guest,
            host name of a route.
        run: The last run.
    """

    source: str = ""
    standings: Mapping[str, Standing] = field(default_factory=dict)
    run: RunRecord | None = None

    def of(self, thing: Thing) -> Standing:
        """Return how a thing of the picture is."""
        found = (self.standings[name] for name in (thing.name, *thing.also) if name in self.standings)
        return next(found, Standing())


NOTHING_KNOWN = Overlay()
