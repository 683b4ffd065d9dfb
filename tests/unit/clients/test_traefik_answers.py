"""How long one answer of Traefik serves: a whole refresh for looks, a moment for whoever writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.clients.transport import Answer, Transport


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Traefik:
    """A Traefik that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, path: str, _params: Mapping[str, str] | None = None) -> Answer:
        self.asked.append(path)
        data: Any = [{"name": "web", "address": ":80"}] if path.endswith("entrypoints") else {"routers": {}}
        return Answer(200, data, {})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def traefik(monkeypatch: pytest.MonkeyPatch) -> Traefik:
    found = Traefik()
    monkeypatch.setattr(Transport, "read", lambda _, path, params=None: found.read(path, params))
    return found


def look(api: TraefikApi) -> None:
    api.running_lately()
    api.entry_points(is_look=True)
    api.cert_resolvers(is_look=True)


def test_looks_of_one_refresh_share_answers_however_long_it_takes(clock: Clock, traefik: Traefik) -> None:
    api = TraefikApi("http://traefik:8080", timeout=1, clock=clock)
    look(api)
    clock.sleep(25)
    look(api)
    assert sorted(traefik.asked) == ["/api/entrypoints", "/api/rawdata", "/api/support-dump"]
    clock.sleep(10)
    look(api)
    assert len(traefik.asked) == 6


def test_whoever_writes_asks_anew(clock: Clock, traefik: Traefik) -> None:
    api = TraefikApi("http://traefik:8080", timeout=1, clock=clock)
    look(api)
    clock.sleep(2)
    traefik.asked.clear()
    api.running()
    api.entry_points()
    api.cert_resolvers()
    assert sorted(traefik.asked) == ["/api/entrypoints", "/api/rawdata", "/api/support-dump"]


def test_a_look_after_a_write_gets_what_was_asked_for_the_write(clock: Clock, traefik: Traefik) -> None:
    api = TraefikApi("http://traefik:8080", timeout=1, clock=clock)
    look(api)
    clock.sleep(20)
    traefik.asked.clear()
    api.running()
    clock.sleep(20)
    api.running_lately()
    assert traefik.asked == ["/api/rawdata"]
