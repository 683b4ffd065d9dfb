"""What one check has found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from phoenix_providers.errors import ConfigurationError, Explanation, PhoenixError, UsageError

Standing = Literal["ok", "warning", "trouble", "skipped"]


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        standing: `trouble` stands in the way of a run, or is not as declared; a `warning` will, or may. What could not
            be asked is `skipped`: something else is the reason.
        seen: One line.
        reasons: What is wrong, each with its next step; none where all is well.
        exit_code: As of `phoenix`; 0 unless there is trouble.
    """

    standing: Standing
    seen: str
    reasons: tuple[Explanation, ...] = ()
    exit_code: int = 0


def ok(seen: str) -> Finding:
    """Say that all is well."""
    return Finding("ok", seen)


def skipped(why: str) -> Finding:
    """Say why nobody was asked."""
    return Finding("skipped", f"not asked: {why}")


def warning(seen: str, *reasons: Explanation) -> Finding:
    """Say what will be wrong, or may be."""
    return Finding("warning", seen, reasons)


def trouble(kind: type[PhoenixError], seen: str, *reasons: Explanation) -> Finding:
    """Say what is wrong; the kind of error gives the exit code."""
    return Finding("trouble", seen, reasons, kind.exit_code)


def not_configured(setting: str, next_step: str, *, needed: bool = True, what: str = "") -> Finding:
    """Say which setting is missing.

    Args:
        setting: Its full name.
        next_step: The command that sets it.
        needed: Whether a run cannot do without.
        what: What is lacking without it.
    """
    reason = Explanation(what or f"{setting} is not set", seen=f"no {setting}" if what else "", next_step=next_step)
    if needed:
        return trouble(UsageError, "not configured", reason)
    return warning("not configured", reason)


def from_error(error: PhoenixError) -> Finding:
    """Say the same as an error."""
    reasons = reasons_of(error)
    first = str(error).partition("\n")[0] if isinstance(error, ConfigurationError) else reasons[0].what
    return Finding("trouble", first, reasons, error.exit_code)


def reasons_of(error: PhoenixError) -> tuple[Explanation, ...]:
    """Return each reason that an error carries."""
    several: tuple[Explanation, ...] | None = getattr(error, "reasons", None)
    return several if several else (error.explanation,)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the smallest that fits; 0 where nothing is wrong."""
    return min((one.exit_code for one in findings if one.standing == "trouble"), default=0)


def worst(findings: Sequence[Finding], all_well: str) -> Finding:
    """Put several findings of one kind into one."""
    wrong = [one for one in findings if one.standing == "trouble"]
    shown = wrong or [one for one in findings if one.standing == "warning"]
    if not shown:
        return ok(all_well)
    reasons = tuple(reason for one in findings if one.standing != "ok" for reason in one.reasons)
    return replace(shown[0], seen="; ".join(one.seen for one in shown), reasons=reasons, exit_code=exit_code(wrong))
