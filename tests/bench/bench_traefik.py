"""How fast routes arrive, and that updates of other routes disturb nobody: `make bench`.

Numbers are printed; only what has to hold on any machine is asserted.
"""

from __future__ import annotations

import http.client
import http.server
import importlib.util
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.operations.traefik.publication import publish
from phoenix_providers.planning.traefik.file_names import STACKS_FILE
from phoenix_providers.planning.traefik.file_text import to_text

UPDATES = 50
CLIENTS = 4
# A pause after each request bounds the load: it is to notice failures, not to measure Traefik.
PAUSE_SECONDS = 0.002


def _traefik_conftest() -> Any:
    file = Path(__file__).parents[1] / "contract" / "traefik" / "conftest.py"
    spec = importlib.util.spec_from_file_location("bench_traefik_conftest", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


harness = _traefik_conftest()


class _BackEnd(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def back_end() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _BackEnd)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def traefik(tmp_path: Path) -> Iterator[Any]:
    traefik = harness.RealTraefik(tmp_path)
    traefik.start()
    yield traefik
    traefik.stop()


@dataclass
class Load:
    """Clients that keep asking for one route; stops with the block."""

    port: int
    host: str
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __enter__(self) -> Load:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        while not self._stop.wait(PAUSE_SECONDS):
            start = time.perf_counter()
            try:
                connection.request("GET", "/", headers={"Host": self.host})
                answer = connection.getresponse()
                if (answer.status, answer.read()) != (200, b"ok"):
                    self.failed.append(f"HTTP {answer.status}")
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
                connection.close()
            self.seconds.append(time.perf_counter() - start)
        connection.close()


def routes(back_end: str, *names: str) -> dict[str, Any]:
    server = {"loadBalancer": {"servers": [{"url": back_end}]}}
    routers = {
        name: {"rule": f"Host(`{name}.home.example`)", "service": name, "entryPoints": ["web"]} for name in names
    }
    return {"http": {"routers": routers, "services": dict.fromkeys(names, server)}}


def wanted(traefik: Any, document: Any) -> dict[str, str]:
    return {"target": str(traefik.dynamic), "api": traefik.api, "file": STACKS_FILE, "text": to_text(document)}


def status(port: int, host: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


def test_no_request_fails_during_fifty_updates(traefik: Any, back_end: str, capsys: pytest.CaptureFixture[str]) -> None:
    connections = harness.connections()
    publish(connections, wanted(traefik, routes(back_end, "stays")), print)
    with Load(traefik.web_port, "stays.home.example") as idle:
        time.sleep(2)
    took: list[float] = []
    with Load(traefik.web_port, "stays.home.example") as busy:
        for number in range(UPDATES):
            start = time.perf_counter()
            publish(connections, wanted(traefik, routes(back_end, "stays", f"new-{number}")), print)
            took.append(time.perf_counter() - start)
            # Proven means answered: what the API shows is what requests meet.
            assert status(traefik.web_port, f"new-{number}.home.example") == 200
    with capsys.disabled():
        print(f"\n{UPDATES} updates: {statistics.median(took):.2f} s each (median), {max(took):.2f} s the slowest")
        print(f"  {len(busy.seconds)} requests to a route that stays, {len(busy.failed)} failed")
        for name, load in (("idle", idle), ("during updates", busy)):
            spread = statistics.quantiles(load.seconds, n=100)
            print(f"  answers {name}: median {spread[49] * 1000:.1f} ms, 99 % within {spread[98] * 1000:.1f} ms")
    assert idle.failed == []
    assert busy.failed == []
    assert len(busy.seconds) > UPDATES


@pytest.mark.parametrize("throttle", ["200ms", "2s"])
def test_time_until_a_new_route_answers(
    traefik: Any, back_end: str, throttle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """2 s is Traefik's own default: it collects events for so long."""
    traefik.stop()
    traefik.throttle = throttle
    traefik.start()
    connections = harness.connections()
    took = []
    for number in range(3):
        start = time.perf_counter()
        publish(connections, wanted(traefik, routes(back_end, f"new-{number}")), print)
        assert status(traefik.web_port, f"new-{number}.home.example") == 200
        took.append(time.perf_counter() - start)
    with capsys.disabled():
        print(f"\nproven and answering after {statistics.median(took):.2f} s (throttle {throttle})")
