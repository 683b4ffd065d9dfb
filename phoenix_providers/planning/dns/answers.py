"""What it means that a DNS server does not answer as declared: a failure, or a warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phoenix_providers.errors import Explanation

_MOST_LINES = 10


def differences(found: Mapping[str, Sequence[str]], records: Mapping[str, str]) -> list[str]:
    """Return one line for each record that is not answered: what is said instead of what is declared."""
    return [f"{name}: {', '.join(found[name]) or 'no answer'} instead of {records[name]}" for name in sorted(found)]


def explain(lines: Sequence[str], total: int, server: str, advice: str) -> Explanation:
    """Say what is wrong; `lines` are not empty, and `advice` repairs it."""
    shown = [*lines[:_MOST_LINES], *([f"and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else [])]
    return Explanation(
        f"{len(lines)} of {total} DNS records are not answered as declared",
        server,
        "\n            ".join(shown),
        "the records that the files declare",
        advice,
    )
