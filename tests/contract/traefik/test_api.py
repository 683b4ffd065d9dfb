"""Traefik's API where users have it: below a path, behind a sign-in; and what is no API at all."""

from __future__ import annotations

import pytest

from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.errors import ProductError, UnauthorizedError
from phoenix_providers.planning.traefik.file_text import to_text

# The user is `me`.
USERS = ["me:$2y$05$9oKPbvoBQ/1WYEgS0uKJuORCnZ6rqbQtBKJWWaBBLrRbqA6WSgkMa"]
SITE = {
    "http": {
        "routers": {
            "below": {"rule": "PathPrefix(`/base`)", "service": "api@internal", "middlewares": ["strip"]},
            "behind": {"rule": "Host(`127.0.0.1`) && PathPrefix(`/api`)", "service": "api@internal",
                       "middlewares": ["auth"]},
            "dashboard": {"rule": "PathPrefix(`/page`)", "service": "dashboard@internal", "middlewares": ["page"]},
        },
        "middlewares": {
            "strip": {"stripPrefix": {"prefixes": ["/base"]}},
            "page": {"replacePath": {"path": "/"}},
            "auth": {"basicAuth": {"users": USERS}},
        },
    }
}  # fmt: skip


@pytest.fixture
def web(shared_traefik) -> str:
    for router in SITE["http"]["routers"].values():
        router["entryPoints"] = ["web"]
    shared_traefik.put("api.yml", to_text(SITE))
    shared_traefik.until(lambda: "behind@file" in shared_traefik.routers(), "the API is not routed")
    return f"http://127.0.0.1:{shared_traefik.web_port}"


@pytest.mark.parametrize("slash", ["", "/"])
def test_below_a_path(web: str, slash: str) -> None:
    api = TraefikApi(f"{web}/base{slash}", timeout=5)
    assert api.version().startswith("3.")
    assert "below@file" in api.running()["routers"]
    assert "web" in api.entry_points()
    assert api.cert_resolvers() == {"le"}


def test_behind_a_sign_in_is_told_with_the_way_out(web: str) -> None:
    with pytest.raises(UnauthorizedError, match="wants a sign-in") as caught:
        TraefikApi(web, timeout=5).version()
    assert "phoenix:traefikApiUrl" in str(caught.value)


@pytest.mark.parametrize("question", [TraefikApi.version, TraefikApi.running, TraefikApi.entry_points])
def test_a_page_is_no_api(web: str, question) -> None:
    with pytest.raises(ProductError, match="This is not Traefik's API"):
        question(TraefikApi(f"{web}/page", timeout=5))
