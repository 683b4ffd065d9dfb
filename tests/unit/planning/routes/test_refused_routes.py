"""Where the label behind a refused route stands."""

from __future__ import annotations

import itertools

import pytest

from phoenix_providers.planning.routes.refused_routes import place_of

PLACES = {
    "http.routers.app.rule": "stacks/app/phoenix.yaml:10 traefik_labels[1]",
    "http.routers.app.entrypoints": "stacks/app/phoenix.yaml:9 traefik_labels[0]",
    "http.services.app.loadbalancer.server.port": "stacks/app/docker-compose.yml:12 services.web.labels[0]",
}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("http.routers.app.rule", "phoenix.yaml:10"),
        ("http.routers.app", "phoenix.yaml:9"),
        ("http.routers.app-113.rule", "phoenix.yaml:10"),
        ("http.middlewares.other", "docker-compose.yml:12"),
    ],
)
def test_it_is_the_same_in_whatever_order_the_engine_gives_them(path: str, line: str) -> None:
    for order in itertools.permutations(PLACES.items()):
        assert line in place_of(path, "app@113", dict(order))
