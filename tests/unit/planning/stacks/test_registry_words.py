"""What Docker says after it has asked a registry: measured on Docker Engine 20.10.24 behind Portainer 2.23.0.

Where another engine or registry says it, the case names it.
"""

from __future__ import annotations

import pytest

from phoenix_providers.planning.stacks.registry_words import says_no

NO = [
    "HTTP 404 manifest unknown",
    "HTTP 404 manifest unknown: manifest unknown",
    "HTTP 404 name unknown",
    # Docker's own registry, of a repository that it does not have.
    "HTTP 404 name unknown: repository name not known to registry",
    # Docker Hub, of a repository that is private or not there.
    "HTTP 403 errors: denied: requested access to the resource is denied unauthorized: authentication required",
    "HTTP 403 errors: denied: requested access to the resource is denied unauthorized",
    "HTTP 403 denied",
    "HTTP 401 unauthorized",
    "HTTP 401 unauthorized: authentication required",
    'HTTP 500 Head "http://127.0.0.9:5001/v2/there/manifests/latest": no basic auth credentials',
    "HTTP 400 invalid reference format: repository name must be lowercase",
    # Harbor has a code of its own, which Docker does not know.
    "HTTP 500 unknown: artifact library/web:2 not found",
]
NO_ANSWER = [
    'HTTP 500 Get "http://127.0.0.9:5004/v2/": dial tcp 127.0.0.9:5004: connect: connection refused',
    'HTTP 500 Get "http://127.0.0.9:5003/v2/": context deadline exceeded',
    'HTTP 500 Get "https://registry-1.docker.io/v2/": proxyconnect tcp: dial tcp 127.0.0.1:9: connection refused',
    "HTTP 500 received unexpected HTTP status: 503 Service Unavailable",
    "HTTP 500 error parsing HTTP 404 response body: invalid character '<' looking for beginning of value: \"<html>\"",
    "HTTP 429 toomanyrequests: You have reached your pull rate limit.",
    # An engine that is older than this question, or something before it that lets it not through.
    "HTTP 404 page not found",
    "HTTP 403 Forbidden",
    # Portainer's own words.
    "HTTP 403 Invalid request signature: Unauthorized",
    "HTTP 403 Permission denied to access environment: Access denied to resource",
    "HTTP 401 A valid authorisation token is missing: Unauthorized",
    "HTTP 404 Unable to find an environment with the specified identifier inside the database: not found",
    "HTTP 500 Unable to proxy the request via the Docker socket: dial unix /var/run/docker.sock: permission denied",
    "HTTP 502 Bad Gateway",
    "no answer within 5 s",
]


@pytest.mark.parametrize(("seen", "no"), [*((one, True) for one in NO), *((one, False) for one in NO_ANSWER)])
def test_only_a_registry_says_no(seen: str, no: bool) -> None:
    assert says_no(seen) is no
