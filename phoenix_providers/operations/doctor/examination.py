"""Checks side by side, each behind what it needs, and all of them within one limit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from phoenix_providers.clock import Clock, Deadline
from phoenix_providers.errors import Explanation, NotReadyError, PhoenixError
from phoenix_providers.planning.doctor.finding import Finding, from_error, skipped, trouble


@dataclass(frozen=True)
class Check:
    """One line of the table.

    Attributes:
        group: Of whom it is, such as Proxmox.
        name: What is checked.
        look: Looks, and says what it finds; raises what clients raise.
        needs: Checks that have to find all well, else there is nobody to ask.
        unless: Checks that must not have found trouble.
        after: Checks that have to have ended, however they did.
    """

    group: str
    name: str
    look: Callable[[], Finding]
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What others call it."""
        return f"{self.group}/{self.name}"

    @property
    def before(self) -> frozenset[str]:
        """Everything that has to have ended."""
        return frozenset((*self.needs, *self.unless, *self.after))


@dataclass(frozen=True)
class Result:
    """What a check found, and how long it took in seconds."""

    check: Check
    finding: Finding
    seconds: float = 0.0


@dataclass
class Examination:
    """One round of all checks.

    Attributes:
        checks: The table; a check comes behind those that it waits for.
        results: What has ended, by key.
        running: Keys of what is being asked.
    """

    checks: Sequence[Check]
    results: dict[str, Result] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)

    def run(self, clock: Clock, limit: float, changed: Callable[[], None] = lambda: None) -> tuple[Result, ...]:
        """Ask, and return all results in the order of the table; who has not answered by then is told so.

        Args:
            clock: The time.
            limit: How long all of it may take, in seconds.
            changed: Is called whenever something has begun or ended.
        """
        deadline = Deadline.after(clock, limit)
        ended: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._begin(clock, ended)
        changed()
        while self.running and not deadline.passed:
            try:
                result = ended.get(timeout=deadline.remaining)
            except queue.Empty:
                break
            self._end(result)
            self._begin(clock, ended)
            changed()
        for check in self.checks:
            if check.key in self.running:
                self._end(Result(check, _late(check, limit), limit))
            elif check.key not in self.results:
                reason = self._obstacle(check) or "what it needs did not answer in time"
                self.results[check.key] = Result(check, skipped(reason))
        changed()
        return tuple(self.results[check.key] for check in self.checks)

    def _end(self, result: Result) -> None:
        self.running.discard(result.check.key)
        self.results[result.check.key] = result

    def _begin(self, clock: Clock, ended: queue.SimpleQueue[Result]) -> None:
        """Begin what can begin; what never can is skipped, which may let others begin or be skipped."""
        for check in self.checks:
            if check.key in self.results or check.key in self.running or not check.before <= self.results.keys():
                continue
            if obstacle := self._obstacle(check):
                self.results[check.key] = Result(check, skipped(obstacle))
                continue
            self.running.add(check.key)
            # Nobody waits for these at the end of the process.
            threading.Thread(target=_ask, args=(check, clock, ended), daemon=True).start()

    def _obstacle(self, check: Check) -> str:
        for key in (*check.needs, *check.unless):
            result = self.results.get(key)
            if result is None or result.finding.standing in ("ok", "warning"):
                continue
            if result.finding.standing == "trouble" or key in check.needs:
                return f"see {result.check.name}"
        return ""


def _ask(check: Check, clock: Clock, ended: queue.SimpleQueue[Result]) -> None:
    began = clock.now()
    try:
        finding = check.look()
    except PhoenixError as error:
        finding = from_error(error)
    except Exception as error:  # The other checks go on, and nobody gets a traceback.
        what = f"This check has failed itself: {type(error).__name__}: {error}"
        finding = trouble(PhoenixError, "the check has failed", Explanation(what, next_step="report it"))
    ended.put(Result(check, finding, clock.now() - began))


def _late(check: Check, limit: float) -> Finding:
    reason = Explanation(
        f"{check.group}: no answer to this within {limit:g} s",
        expected="an answer within seconds",
        next_step=f"phoenix doctor --timeout {limit * 3:g}   (if it is only slow)",
    )
    return trouble(NotReadyError, f"no answer within {limit:g} s", reason)


def groups(results: Sequence[Result]) -> Mapping[str, Sequence[Result]]:
    """Return results by group, in the order of the table."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.check.group, []).append(result)
    return found
