"""The picture of the example site."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.site.graph.picture import Picture
from tests.unit.planning.site.graph.example_picture import EXAMPLE, drawn


@pytest.fixture(scope="session")
def example() -> Picture:
    return drawn(EXAMPLE)
