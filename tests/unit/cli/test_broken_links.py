"""Where routes break is said once for each cause."""

from __future__ import annotations

from phoenix_providers.cli.check import broken_links
from phoenix_providers.operations.traefik.route_chain import Chain, Step
from phoenix_providers.planning.routes.route_checks import RouteCheck

FINE = Step("entry point", True, "web 10.0.0.12:80")
SILENT = Step("DNS", False, "10.0.0.13: the DNS server does not answer: no answer within 5 s", "dig @10.0.0.13 x.org")
DEAD = Step("back end", False, "10.0.0.111:3000 does not answer Traefik (HTTP 502)")


def chain(host: str, *steps: Step) -> Chain:
    check = RouteCheck(owner="app@111", router="app", configuration={}, host=host, path="/", backends=())
    return Chain(check, steps)


def test_one_cause_of_many_routes_is_said_once_with_the_next_command() -> None:
    chains = [chain("a.home.example", SILENT), chain("b.home.example", SILENT), chain("c.home.example", FINE, DEAD)]
    assert list(broken_links(chains)) == [
        "2 routes break at DNS: 10.0.0.13: the DNS server does not answer: no answer within 5 s",
        "  next:     dig @10.0.0.13 x.org",
        "c.home.example (app@111) breaks at back end: 10.0.0.111:3000 does not answer Traefik (HTTP 502)",
    ]


def test_nothing_is_said_of_what_is_answered() -> None:
    assert list(broken_links([chain("a.home.example", FINE)])) == []


def test_what_one_command_mends_is_one_cause() -> None:
    def unknown(name: str) -> Step:
        return Step("DNS", False, f"10.0.0.13 knows no {name}", "phoenix sync all")

    chains = [chain(name, unknown(name)) for name in ("a.home.example", "b.home.example")]
    assert list(broken_links(chains)) == [
        "2 routes break at DNS",
        "  a.home.example (app@111): 10.0.0.13 knows no a.home.example",
        "  b.home.example (app@111): 10.0.0.13 knows no b.home.example",
        "  next:     phoenix sync all",
    ]
