"""Following a route as a browser does: to the address that DNS gives, which may be another one than Traefik's."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from phoenix_providers.clients.probes.route_probe import Reply
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.operations.traefik import route_chain
from phoenix_providers.operations.traefik.publication import publish
from phoenix_providers.operations.traefik.route_chain import Chain, Surveyor
from phoenix_providers.planning.routes.route_checks import route_checks
from phoenix_providers.planning.traefik.file_names import STACKS_FILE
from phoenix_providers.planning.traefik.file_text import to_text

NAME = "git.home.example"
ELSEWHERE = "127.0.0.77"
Serve = Callable[[str, int, int], int]


@dataclass
class _Dns:
    """Gives every name the same addresses."""

    answers: tuple[str, ...]
    address: str = "127.0.0.13"
    asked: list[tuple[str, int]] = field(default_factory=list)

    def addresses(self, name: str, version: int = 4) -> tuple[str, ...]:
        self.asked.append((name, version))
        return self.answers

    def __str__(self) -> str:
        return self.address


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that answers everything with one status; return its port."""
    running: list[tuple[http.server.HTTPServer, threading.Thread]] = []

    def start(address: str, port: int, status: int) -> int:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = http.server.HTTPServer((address, port), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread))
        return server.server_port

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def follow(traefik, harness, serve: Serve) -> Callable[..., Chain]:
    """Publish one route in the real Traefik, whose back end gives a status, and follow it."""

    def run(dns: _Dns, status: int = 200, record: str = "", mended_by: str = "") -> Chain:
        back_end = serve("127.0.0.1", 0, status)
        part: dict[str, Any] = {
            "routers": {"git": {"rule": f"Host(`{NAME}`)", "service": "git", "entryPoints": ["web"]}},
            "services": {"git": {"loadBalancer": {"servers": [{"url": f"http://127.0.0.1:{back_end}"}]}}},
        }
        publish(harness.connections(), {"target": str(traefik.dynamic), "api": traefik.api, "file": STACKS_FILE,
                                        "text": to_text({"http": part})}, print)  # fmt: skip
        api = TraefikApi(traefik.api, timeout=3)
        (check,) = route_checks({"infrastructure": {"http": part}}, {NAME: record}, {}, {NAME: mended_by})
        surveyor = Surveyor(dns, urlsplit(api.url).hostname or "", api.entry_points(), api.running())  # type: ignore[arg-type]
        return surveyor.follow(check)

    return run


def test_a_name_that_leads_to_traefik_is_answered(follow) -> None:
    chain = follow(_Dns(("127.0.0.1",)), record="127.0.0.1")
    assert chain.broken is None
    assert chain.steps[-1].text == "200"


def test_a_name_that_leads_to_the_guest_itself_is_told_with_what_mends_it(follow, traefik) -> None:
    mended_by = "pulumi config set --path 'phoenix:addressOverrides.git' ADDRESS"
    chain = follow(_Dns((ELSEWHERE,)), record=ELSEWHERE, mended_by=mended_by)
    assert chain.broken is not None
    assert chain.broken.name == "entry point"
    assert chain.broken.text == (
        f"DNS leads to {ELSEWHERE}, where nothing answers on port {traefik.web_port} and 80 and 443, "
        "not to Traefik at 127.0.0.1"
    )
    assert chain.broken.next_step.startswith("pulumi config set --path 'phoenix:addressOverrides.git' 127.0.0.1 ")


def test_somebody_else_who_answers_there_is_not_traefik(follow, traefik, serve: Serve) -> None:
    serve(ELSEWHERE, traefik.web_port, 404)
    chain = follow(_Dns((ELSEWHERE,)), record=ELSEWHERE, mended_by="pulumi config set phoenix:gateway ADDRESS")
    assert chain.broken is not None
    assert chain.broken.text == (
        f"DNS leads to {ELSEWHERE}, which answers HTTP 404, not to Traefik at 127.0.0.1 (HTTP 200)"
    )
    assert chain.broken.next_step.startswith("pulumi config set phoenix:gateway 127.0.0.1 ")


@pytest.mark.parametrize("there", [200, 401])
def test_a_gateway_in_front_of_traefik_is_as_good(follow, traefik, serve: Serve, there: int) -> None:
    serve(ELSEWHERE, traefik.web_port, there)
    chain = follow(_Dns((ELSEWHERE,)), record=ELSEWHERE)
    assert chain.broken is None
    assert chain.steps[1].text == f"web {ELSEWHERE}:{traefik.web_port}"
    assert chain.steps[-1].text == str(there)


def test_a_back_end_that_is_down_is_told_as_such_behind_a_gateway_too(follow, traefik, serve: Serve) -> None:
    serve(ELSEWHERE, traefik.web_port, 502)
    chain = follow(_Dns((ELSEWHERE,)), status=502, record=ELSEWHERE)
    assert chain.broken is not None
    assert chain.broken.name == "back end"
    assert "firewall" in chain.broken.next_step


def test_a_name_without_a_record_says_how_it_gets_one(follow) -> None:
    undeclared, declared = follow(_Dns(())), follow(_Dns(()), record="127.0.0.1")
    assert [step.name for step in (*undeclared.steps, *declared.steps)] == ["DNS", "DNS"]
    assert "dns_records" in undeclared.steps[0].next_step
    assert declared.steps[0].next_step.startswith("phoenix sync all")


def test_an_ipv6_record_is_asked_for_as_such(follow) -> None:
    dns = _Dns(())
    follow(dns, record="fd00::12")
    assert dns.asked == [(NAME, 6)]


def test_a_gateway_that_sends_on_to_https_is_followed_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that ends TLS, as the nginx of the old scripts: only its ports are open, Traefik is behind it."""
    asked: list[tuple[str, int, bool]] = []

    def ask(address: str, port: int, host: str, path: str, *, tls: bool, timeout: float) -> Reply:
        asked.append((address, port, tls))
        return Reply(200) if tls or address == "10.0.0.12" else Reply(301, f"https://{NAME}/")

    def listens(address: str, port: int, *, timeout: float) -> None:
        if (address, port) not in {("10.0.0.11", 80), ("10.0.0.11", 443)}:
            raise route_chain.UnreachableError("Nothing answers there")

    monkeypatch.setattr(route_chain, "ask", ask)
    monkeypatch.setattr(route_chain, "require_listener", listens)
    router = {"rule": f"Host(`{NAME}`)", "service": "git", "entryPoints": ["web"]}
    (check,) = route_checks({"s@1": {"http": {"routers": {"git": router}}}}, {NAME: "10.0.0.11"}, {})
    live = {"routers": {"git@file": {**router, "status": "enabled", "using": ["web"]}}}
    dns: Any = _Dns(("10.0.0.11",))
    chain = Surveyor(dns, "10.0.0.12", {"web": ":8080"}, live).follow(check)
    assert chain.broken is None
    assert chain.steps[1].text == "web 10.0.0.11:80"
    assert asked == [("10.0.0.11", 80, False), ("10.0.0.11", 443, True), ("10.0.0.12", 8080, False)]
