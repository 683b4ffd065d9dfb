"""`phoenix why` as users see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phoenix_providers.cli.reasons.reason import Reason
from phoenix_providers.cli.screens.why_screen import draw_why
from tests.cli.screens import sample_reasons
from tests.cli.screens.golden_screens import assert_screen

_REASONS = (
    sample_reasons.stack,
    sample_reasons.route,
    sample_reasons.record,
    sample_reasons.environment,
    sample_reasons.rule,
)


@pytest.mark.parametrize("reason", _REASONS, ids=lambda reason: reason.__name__)
def test_screen(reason: Callable[[], Reason]) -> None:
    assert_screen(f"why-{reason.__name__}", lambda console: draw_why(reason(), console))
