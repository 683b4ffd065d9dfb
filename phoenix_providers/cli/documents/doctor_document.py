"""What `phoenix doctor --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from phoenix_providers.cli.documents.document import Document
from phoenix_providers.errors import Explanation
from phoenix_providers.operations.doctor.examination import Result


class DoctorReason(BaseModel):
    """Something that is wrong, and what mends it; what is not known is empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str
    where: str
    """File and line, or an address."""
    seen: str
    expected: str
    next: str
    """The next command; several are lines of their own."""

    @classmethod
    def of(cls, reason: Explanation) -> DoctorReason:
        """Say the same."""
        steps = "\n".join(filter(None, map(str.strip, reason.next_step.splitlines())))
        return cls(what=reason.what, where=reason.where, seen=reason.seen, expected=reason.expected, next=steps)


class DoctorCheck(BaseModel):
    """One check."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: str
    """Of whom it is, such as Proxmox."""
    name: str
    standing: Literal["ok", "warning", "trouble", "skipped"]
    """`skipped`: something else is the reason why nobody was asked."""
    seen: str
    seconds: float
    reasons: tuple[DoctorReason, ...]


class DoctorDocument(Document):
    """All checks."""

    command: ClassVar[str] = "doctor"

    exit_code: int
    """0 where nothing stands in the way of a run; else that of the command."""
    seconds: float
    checks: tuple[DoctorCheck, ...]

    @classmethod
    def of(cls, results: Sequence[Result], seconds: float, exit_code: int) -> DoctorDocument:
        """Say what was found."""
        return cls(
            exit_code=exit_code,
            seconds=round(seconds, 3),
            checks=tuple(
                DoctorCheck(
                    group=one.check.group,
                    name=one.check.name,
                    standing=one.finding.standing,
                    seen=one.finding.seen,
                    seconds=round(one.seconds, 3),
                    reasons=tuple(map(DoctorReason.of, one.finding.reasons)),
                )
                for one in results
            ),
        )
