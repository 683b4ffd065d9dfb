"""Following published routes with the real Traefik: who is answered, who is warned of, and who has to be answered."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.traefik import route_chain
from phoenix_providers.operations.traefik.publication import publish
from phoenix_providers.operations.traefik.route_chain import survey
from phoenix_providers.operations.traefik.route_following import FOLLOWED_LATER, unanswered
from phoenix_providers.planning.routes.route_checks import WHOLE, route_checks
from phoenix_providers.planning.routes.route_following import RouteFollowing
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, STACKS_FILE
from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.resources.traefik_config import FOLLOW, PARTS, TraefikConfigProvider

NOBODY = "127.0.0.1:1"


class _Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def back_end() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def web(name: str, address: str) -> dict[str, Any]:
    router = {"rule": f"Host(`{name}.home.example`)", "service": name, "entryPoints": ["web"]}
    service = {"loadBalancer": {"servers": [{"url": f"http://{address}"}]}}
    return {"http": {"routers": {name: router}, "services": {name: service}}}


def other(protocol: str, name: str, address: str, rule: str = "") -> dict[str, Any]:
    router: dict[str, Any] = {"service": name, "entryPoints": ["sec" if protocol == "tcp" else "udp"]}
    if rule:
        router |= {"rule": rule, "tls": {"passthrough": True}}
    service = {"loadBalancer": {"servers": [{"address": address}]}}
    return {protocol: {"routers": {name: router}, "services": {name: service}}}


@pytest.fixture
def published(traefik, harness):
    def run(parts: Mapping[str, Any]) -> str:
        text = to_text(merge_routes(parts.values()))
        publish(harness.connections(), {"target": str(traefik.dynamic), "api": traefik.api, "file": STACKS_FILE,
                                        "text": text}, print)  # fmt: skip
        return traefik.api

    return run


def test_routes_of_all_protocols_are_followed_as_far_as_they_can_be(published, back_end) -> None:
    parts = {
        "up@1": web("up", back_end),
        "down@1": web("down", NOBODY),
        "ssh@1": other("tcp", "git-ssh", back_end, "HostSNI(`git.home.example`)"),
        "mqtt@1": other("tcp", "mqtt", NOBODY, "HostSNI(`*`)"),
        "dns@1": other("udp", "dns", NOBODY),
    }
    api = TraefikApi(published(parts), timeout=3)
    chains = {chain.check.name: chain for chain in survey(api, "", route_checks(parts, {}, {}))}
    told = {name: chain.broken.name if chain.broken else "" for name, chain in chains.items()}
    assert told == {
        "up.home.example": "",
        "down.home.example": "back end",
        "git.home.example": "",
        "mqtt (TCP)": "back end",
        "dns (UDP)": "",
    }
    assert [step.text for step in chains["dns (UDP)"].steps][-2:] == [NOBODY, "not asked"]


@pytest.mark.parametrize(
    ("points", "asked"),
    [({"entryPoints": ["web"]}, "web"), ({"entryPoints": ["sec"]}, "sec"), ({}, "sec"),
     ({"entryPoints": ["web", "sec"]}, "sec")],
    ids=["plain", "TLS by the entry point alone", "no entry point named", "both"],
)  # fmt: skip
@pytest.mark.parametrize("up", [True, False])
def test_the_back_end_is_asked_however_requests_come(published, back_end, points, asked: str, up: bool) -> None:
    part = web("app", back_end if up else NOBODY)
    router = part["http"]["routers"]["app"]
    del router["entryPoints"]
    router.update(points)
    api = TraefikApi(published({"app@1": part}), timeout=3)
    (chain,) = survey(api, "", route_checks({"app@1": part}, {}, {}))
    assert chain.steps[1].text.startswith(f"{asked} 127.0.0.1:")
    assert (chain.broken.name if chain.broken else chain.steps[-1].text) == ("200" if up else "back end")


@pytest.mark.parametrize("address", [":80", "0.0.0.0:80", "[::]:80"])
def test_an_entry_point_on_all_addresses_is_asked_where_traefik_is(monkeypatch, address: str) -> None:
    asked = []
    monkeypatch.setattr(route_chain, "require_listener", lambda host, port, **_: asked.append((host, port)))
    (check,) = route_checks({"app@1": web("app", NOBODY)}, {}, {})
    for api_host in ("10.0.0.12", "fd00::12"):
        surveyor = route_chain.Surveyor(None, api_host, {"web": address}, {})
        assert "router app is missing" in surveyor.follow(check).reason
    assert asked == [("10.0.0.12", 80), ("fd00::12", 80)]


def test_a_tcp_router_for_everything_takes_all_plain_requests(published, back_end) -> None:
    """Why planning refuses it: Traefik shows all routers enabled, and none of those for HTTP is asked any more."""
    everything = other("tcp", "mqtt", NOBODY, "HostSNI(`*`)")
    everything["tcp"]["routers"]["mqtt"] = {"rule": "HostSNI(`*`)", "service": "mqtt", "entryPoints": ["web"]}
    parts = {"up@1": web("up", back_end), "mqtt@1": everything}
    api = TraefikApi(published(parts), timeout=3)
    chains = {chain.check.name: chain for chain in survey(api, "", route_checks(parts, {}, {}))}
    assert "breaks at back end" in chains["up.home.example"].reason
    assert "no answer came" in chains["up.home.example"].reason


def test_a_router_of_another_protocol_that_traefik_has_not_got_is_told(published, traefik) -> None:
    published({"up@1": web("up", NOBODY)})
    (chain,) = survey(
        TraefikApi(traefik.api, timeout=3), "", route_checks({"d@1": other("udp", "dns", NOBODY)}, {}, {})
    )
    assert chain.reason == "dns (UDP) breaks at router: UDP router dns is missing"


def test_who_demands_an_answer_is_recorded_and_others_are_warned_of(published, harness, back_end, monkeypatch) -> None:
    parts = {"up@1": web("up", back_end), "down@1": web("down", NOBODY), "dead@1": web("dead", NOBODY)}
    api = published(parts)
    clock = harness.ActingClock(speed=20)
    said: list[str] = []
    follow = RouteFollowing(demanding=("up@1", "dead@1", "gone@1"))
    found = unanswered(harness.connections(clock), api, follow, parts, said.append)
    assert set(found) == {"dead@1"}
    assert "dead.home.example breaks at back end" in found["dead@1"]
    (warning,) = said
    assert "down.home.example breaks at back end" in warning
    assert "dead.home.example" not in warning

    monkeypatch.setenv(FOLLOWED_LATER, "true")
    assert unanswered(harness.connections(clock), api, follow, parts, said.append) == found
    assert len(said) == 1


def test_a_back_end_that_needs_a_moment_is_waited_for(published, harness, back_end, traefik) -> None:
    parts = {"app@1": web("app", NOBODY)}
    api = published(parts)
    clock = harness.ActingClock({1: lambda: published({"app@1": web("app", back_end)})})
    assert unanswered(harness.connections(clock), api, RouteFollowing(demanding=("app@1",)), parts, print) == {}


def test_nothing_else_is_waited_for(published, harness, back_end) -> None:
    clock, said = harness.ActingClock(), []
    api = published({})
    assert (
        unanswered(harness.connections(clock), api, RouteFollowing(), {"app@1": web("app", back_end)}, said.append)
        == {}
    )
    assert "app.home.example breaks at router" in said[0]
    assert clock.pauses == 0


def test_a_traefik_that_cannot_be_asked_is_a_warning_and_a_failure_for_who_demands(traefik, harness) -> None:
    traefik.stop()
    said: list[str] = []
    parts = {"app@1": web("app", NOBODY), "other@1": web("other", NOBODY)}
    found = unanswered(harness.connections(), traefik.api, RouteFollowing(demanding=("app@1",)), parts, said.append)
    assert "cannot be reached" in found["app@1"]
    assert set(found) == {"app@1"}
    assert "the routes were not followed" in said[0]


def test_routes_of_guests_are_followed_where_they_change(traefik, harness, back_end, capsys) -> None:
    parts = {"up": web("up", back_end), "down": web("down", NOBODY)}
    made = harness.connections(harness.ActingClock(speed=20))
    clients_of_run.use(made)
    provider = TraefikConfigProvider()
    common = {"target": str(traefik.dynamic), "api": traefik.api, "file": INFRASTRUCTURE_FILE, "observed": "",
              FOLLOW: {"name_server": "", "records": {}}}  # fmt: skip

    def props(*names: str) -> dict[str, Any]:
        document = merge_routes(parts[name] for name in names)
        return {**common, PARTS: {WHOLE: document}, "text": to_text(document)}

    try:
        first = provider.create(props("up", "down")).outs
        assert "down.home.example breaks at back end" in capsys.readouterr().err
        assert first["unanswered"] == {}
        parts["more"] = web("more", back_end)
        second = provider.update("i", first, props("up", "down", "more")).outs
        assert "breaks at" not in capsys.readouterr().err
        assert provider.diff("i", second, props("up", "down", "more")).changes is False
    finally:
        clients_of_run.use(None)
