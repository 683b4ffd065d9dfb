"""Collecting problems while deriving: errors that block, and warnings that do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from phoenix_providers.models.problem import Problem, Severity

if TYPE_CHECKING:
    from phoenix_providers.models.location import Location


@dataclass
class Findings:
    """Problems of one stack, or of the site when `stack` is empty. The same finding counts once."""

    stack: str = ""
    found: list[Problem] = field(default_factory=list)

    def error(
        self,
        message: str,
        location: Location | None = None,
        *,
        seen: str = "",
        expected: str = "",
        next_step: str = "",
        routes_only: bool = False,
    ) -> None:
        """Record what keeps something from being done; without a next step it is to correct the place."""
        following = next_step or (f"correct it at {location}" if location else "")
        self._add(Problem(message, location, Severity.ERROR, seen, expected, following, self.stack, routes_only))

    def warning(
        self, message: str, location: Location | None = None, *, seen: str = "", expected: str = "", next_step: str = ""
    ) -> None:
        """Record what the user should know."""
        self._add(Problem(message, location, Severity.WARNING, seen, expected, next_step, self.stack))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What blocks."""
        return tuple(problem for problem in self.found if problem.severity is Severity.ERROR)

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """What blocks more than routes."""
        return tuple(problem for problem in self.errors if not problem.routes_only)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What does not."""
        return tuple(problem for problem in self.found if problem.severity is Severity.WARNING)

    def _add(self, problem: Problem) -> None:
        if problem not in self.found:
            self.found.append(problem)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like this one, as "did you mean ...?"; empty when none is near."""
    name = nearest_name(word, known)
    return f"did you mean {name}?" if name else ""


def nearest_name(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like this one; empty when none is near."""
    by_folded = {name.casefold(): name for name in sorted(known)}
    matches = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else ""
