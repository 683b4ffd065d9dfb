"""How routes are called, from what was found on the way to them."""

from __future__ import annotations

import pytest

from phoenix_providers.cli.site_view.looked import Looked
from phoenix_providers.cli.site_view.site_view import ProductView
from phoenix_providers.cli.site_view.views import route_views
from phoenix_providers.operations.traefik.route_chain import Chain, Step
from phoenix_providers.planning.routes.route_checks import RouteCheck


@pytest.mark.parametrize(
    ("host", "step", "next_step"),
    [
        ("app.home.example", Step("back end", False, "HTTP 502", "look at it"), "phoenix check app.home.example"),
        ("", Step("back end", False, "nothing listens", "look at it"), "phoenix check app"),
        ("app.home.example", Step("DNS", False, "no such name", "phoenix sync all"), "phoenix sync all"),
    ],
)
def test_what_follows_a_broken_route(host: str, step: Step, next_step: str) -> None:
    check = RouteCheck("app@1", "app", {}, host, "/", ("http://10.0.0.1:80",))
    answers, unasked = ProductView("Traefik", "", True), ProductView("Proxmox", "", None)
    (view,) = route_views((check,), Looked(unasked, unasked, answers, chains=(Chain(check, (step,)),)))
    assert (view.standing, view.next_step) == ("wrong", next_step)
