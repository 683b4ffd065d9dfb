"""Which words of a failed deploy speak of the engine, and which of the content."""

from __future__ import annotations

import pytest

from phoenix_providers.clients.portainer.stacks import is_engine_away


@pytest.mark.parametrize(
    ("failure", "away"),
    [
        (
            "failed to deploy a stack: request returned Bad Gateway for API route and version http://127.0.0.1:1/v1",
            True,
        ),
        ("failed to deploy a stack: request returned 502 Bad Gateway for API route and version http://127.0.0.1", True),
        ("Cannot connect to the Docker daemon at tcp://127.0.0.1:2399. Is the docker daemon running?", True),
        ("failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct", True),
        ("error during connect: Get http://127.0.0.1:1/v1.46/containers/json: EOF", True),
        ("Error response from daemon: received unexpected HTTP status: 502 Bad Gateway", False),
        ("Error response from daemon: port is already allocated", False),
        ("context deadline exceeded", False),
    ],
)
def test_whether_the_engine_was_away(failure: str, away: bool) -> None:
    assert is_engine_away(failure) is away
