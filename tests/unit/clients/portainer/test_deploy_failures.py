"""Which words of a failed deploy speak of the engine, and which of the content."""

from __future__ import annotations

import pytest

from phoenix_providers.clients.portainer.circumstances import is_circumstance
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


@pytest.mark.parametrize(
    ("failure", "passes"),
    [
        ("failed to create network a_default: Error response from daemon: could not find an available, non-overlapping "
         "IPv4 address pool among the defaults to assign to the network", True),
        ("Error response from daemon: all predefined address pools have been fully subnetted", True),
        ("Error response from daemon: Pool overlaps with other one on this address space", True),
        ("write /var/lib/docker/tmp/GetImageBlob1: no space left on device", True),
        ('Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: i/o timeout', True),
        ('Get "https://registry.lan/v2/": net/http: request canceled while waiting for connection '
         "(Client.Timeout exceeded while awaiting headers)", True),
        ("toomanyrequests: You have reached your pull rate limit", True),
        ("Error response from daemon: received unexpected HTTP status: 502 Bad Gateway", True),
        ("proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused", True),
        ("fork/exec /usr/bin/runc: cannot allocate memory", True),
        ("context deadline exceeded", True),
        ("network shared-net declared as external, but could not be found", True),
        ('external volume "media" not found', True),
        ('level=error msg="external volume \\"media\\" not found"', True),
        ('service "web" refers to undefined volume media: invalid compose project', False),
        ("Error response from daemon: port is already allocated", False),
        ("manifest for nginx:nosuch not found: manifest unknown: manifest unknown", False),
        ("dependency failed to start: container web-db-1 is unhealthy", False),
        ('exec: "/no/such": stat /no/such: no such file or directory: unknown', False),
        ("validating docker-compose.yml: services.web Additional property imgae is not allowed", False),
        ("error while creating mount source path '/srv/x': mkdir /srv: read-only file system", False),
    ],
)  # fmt: skip
def test_whether_the_content_is_to_blame(failure: str, passes: bool) -> None:
    assert is_circumstance(f"failed to deploy a stack: {failure}") is passes
