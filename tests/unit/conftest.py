"""For all unit tests."""

from __future__ import annotations

import pytest

from phoenix_providers.operations import clients_of_run


@pytest.fixture(autouse=True)
def _nobody_was_asked_before() -> None:
    """Let each test begin as a process does: what another one has noted is none of its business."""
    clients_of_run.use(None)
