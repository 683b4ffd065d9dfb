"""Something wrong in the configuration, said so that it can be mended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from phoenix_providers.errors import Explanation
from phoenix_providers.models.location import Location


class Severity(StrEnum):
    """An error keeps something from being done; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One finding.

    Attributes:
        message: What is wrong, in one sentence.
        location: Where; None only for settings, which have no line.
        seen: What stands there.
        expected: What is allowed, or the nearest match.
        next_step: The edit or command that mends it.
        stack: Name of the one stack it concerns; empty when it concerns the site. A problem of one stack
            blocks that stack only.
        routes_only: Whether an error blocks that stack's routes alone, and the stack itself can be deployed.
    """

    message: str
    location: Location | None = None
    severity: Severity = Severity.ERROR
    seen: str = ""
    expected: str = ""
    next_step: str = ""
    stack: str = ""
    routes_only: bool = False

    def explanation(self) -> Explanation:
        """Return the parts of the message for an error or a screen."""
        where = ""
        if self.location is not None:
            where = f"{self.location} {self.location.path}".rstrip()
        return Explanation(self.message, where, self.seen, self.expected, self.next_step)
