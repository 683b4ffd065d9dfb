"""Whether this computer's clock is that of the servers."""

from __future__ import annotations

from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.planning.doctor.clock import judge_clocks
from phoenix_providers.planning.doctor.finding import Finding


def clocks(case: Case) -> Finding:
    """Judge what the servers told with their certificates."""
    return judge_clocks(dict(sorted(case.ahead.items())))
