"""A site that a few tests spoil by hand, step by step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .sequences import Sequences


@pytest.fixture
def site() -> Iterator[Sequences]:
    """Two stacks that are as declared."""
    machine = Sequences()
    machine.begin(style="async", listed={"a", "b"}, existing={})
    machine.run()
    yield machine
    machine.close()
