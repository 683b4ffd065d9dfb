"""What `phoenix check` shows, and says to other programs."""

from __future__ import annotations

import json

from phoenix_providers.cli.documents.check_document import CheckDocument
from phoenix_providers.cli.screens.followed_routes import draw_routes
from phoenix_providers.operations.traefik.route_chain import Chain, Step
from phoenix_providers.planning.routes.route_checks import RouteCheck
from tests.cli.screens.golden_screens import assert_screen

FINE = (Step("DNS", True, "10.0.0.12"), Step("status", True, "200"))
REFUSED = "10.0.0.13: the DNS server does not answer: no answer within 3 s"


def route(host: str, owner: str, end: str, *steps: Step) -> Chain:
    return Chain(RouteCheck(owner, host.partition(".")[0], {}, host, "/", (f"http://{end}",)), steps)


BROKEN = (
    route(
        "grafana.home.example",
        "grafana@113",
        "10.0.0.113:8302",
        Step("back end", False, "grafana is exited (137)", "phoenix sync stack grafana to 113   (starts it again)"),
    ),
    route(
        "paperless.home.example",
        "paperless@112",
        "10.0.0.112:8201",
        Step(
            "back end",
            False,
            "VM 112 drops 8201/tcp from 10.0.0.12 (policy_in of the guest 112)",
            "add the rule: on the guest 112 (vms.yaml:58): {type: in, action: ACCEPT, source: 10.0.0.12, proto: tcp, "
            "port: 8201}; then phoenix sync all",
        ),
    ),
    *(
        route(host, "media@112", "10.0.0.112:8096", Step("DNS", False, REFUSED, "dig @10.0.0.13 example.org"))
        for host in ("tv.home.example", "a-very-long-name-of-a-service-that-nobody-reads.media.home.example")
    ),
)
ANSWERED = (
    route("news.home.example", "miniflux@111", "10.0.0.111:8102", *FINE),
    route("cockpit.home.example", "infrastructure", "10.0.0.113:9090", *FINE),
)


def test_one_route_is_one_line_and_each_cause_is_said_once() -> None:
    assert_screen("check", lambda console: draw_routes((*ANSWERED, *BROKEN), console))


def test_all_is_well() -> None:
    assert_screen("check-all-answered", lambda console: draw_routes(ANSWERED, console))


def test_other_programs_get_every_step_and_the_cause() -> None:
    document = CheckDocument.of((ANSWERED[0], BROKEN[0]), ("on apps (111), ...: old_data",))
    said = json.loads(document.text())
    assert (said["version"], said["answered"], said["volumes"]) == (1, 1, ["on apps (111), ...: old_data"])
    assert [(one["name"], one["answered"], one["cause"]) for one in said["routes"]] == [
        ("news.home.example", True, ""),
        ("grafana.home.example", False, "grafana is exited (137)"),
    ]
    assert said["routes"][0]["steps"][-1] == {"name": "status", "fine": True, "text": "200"}
