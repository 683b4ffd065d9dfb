"""What `phoenix check` says of routes that stacks declare and nobody has published."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.routes.refused_routes import Refusal
from phoenix_providers.planning.routes.unpublished_routes import unpublished_routes
from phoenix_providers.planning.traefik.structure_check import Fault

FEED = {"http": {"routers": {"feed": {"rule": "Host(`feed.home.example`)"}}, "services": {"feed": {}}}}
TWO = {"http": {"routers": {**FEED["http"]["routers"], "api": {"rule": "Host(`api.home.example`)"}}, "services": {}}}
TAKEN = {"feed@1": Refusal((Fault("http.routers.feed", "my-feed in extra.yml answers the same requests"),))}


@pytest.mark.parametrize(
    ("kept", "published", "refused", "routers", "reason"),
    [
        ({"routes": FEED, "live_routes": FEED}, FEED, {}, [], ""),
        ({"routes": FEED, "live_routes": FEED}, {}, TAKEN, ["feed"], "my-feed in extra.yml answers the same requests"),
        ({"routes": TWO, "live_routes": TWO}, FEED, TAKEN, ["api"], "my-feed in extra.yml answers the same requests"),
        ({"routes": FEED, "failure": "port 80 is taken\nlog"}, {}, {}, ["feed"], "port 80 is taken"),
        ({"routes": FEED}, {}, {}, ["feed"], "the stack was never healthy"),
        # Its earlier routes stay while it is sick.
        ({"routes": FEED, "failure": "sick"}, FEED, {}, [], ""),
        ({"routes": FEED}, {"http": {"routers": {"feed-1": {}}}}, TAKEN, [], ""),
        ({"routes": {}}, {}, TAKEN, [], ""),
    ],
)
def test_a_route_is_told_with_the_reason(
    kept: dict[str, Any], published: dict[str, Any], refused: dict[str, Refusal], routers: list[str], reason: str
) -> None:
    found = unpublished_routes({"feed@1": kept}, {"feed@1": published} if published else {}, refused)
    assert [list(routes["http"]["routers"]) for routes, _ in found.values()] == ([routers] if routers else [])
    assert [why for _, why in found.values()] == ([reason] if routers else [])
