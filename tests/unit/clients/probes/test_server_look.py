"""What a server shows of itself: certificate, trust, clock."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from phoenix_providers.clients.certificate_refusal import PORTAINER
from phoenix_providers.clients.probes.server_look import look_at
from phoenix_providers.clients.transport import TlsTrust
from phoenix_providers.errors import UnreachableError
from phoenix_providers.lab.certificates import CertificateAuthority

SECONDS = 5


class Handler(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Slow(Handler):
    def date_time_string(self, timestamp: float | None = None) -> str:
        del timestamp
        return (datetime.now(UTC) - timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")


def served(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*CertificateAuthority(tmp_path).issue("server", ["127.0.0.1"]))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    yield from served(server)


@pytest.fixture
def plain() -> Iterator[str]:
    yield from served(ThreadingHTTPServer(("127.0.0.1", 0), Slow))


def test_a_certificate_that_is_believed(secure: str, tmp_path: Path) -> None:
    seen = look_at(f"https://{secure}", TlsTrust(str(tmp_path / "ca.pem")), PORTAINER, SECONDS)
    assert (seen.issuer, seen.refusal) == ("Phoenix lab CA", None)
    assert seen.ends is not None
    assert timedelta(days=29) < seen.ends - datetime.now(UTC) < timedelta(days=31)
    assert seen.ahead is not None
    assert abs(seen.ahead) < 3


def test_one_that_is_not_is_told_all_the_same(secure: str) -> None:
    seen = look_at(f"https://{secure}", TlsTrust(), PORTAINER, SECONDS)
    assert seen.refusal is not None
    assert "not signed by a trusted authority" in seen.refusal.seen
    assert seen.issuer == "Phoenix lab CA"
    assert look_at(f"https://{secure}", TlsTrust(insecure=True), PORTAINER, SECONDS).refusal is None


def test_an_authority_that_nobody_can_read(secure: str, tmp_path: Path) -> None:
    for file in (tmp_path / "gone.pem", tmp_path):
        seen = look_at(f"https://{secure}", TlsTrust(str(file)), PORTAINER, SECONDS)
        assert seen.refusal is not None
        assert str(file) in seen.refusal.seen


def test_plain_http_has_a_clock_alone(plain: str) -> None:
    seen = look_at(f"http://{plain}", TlsTrust(), PORTAINER, SECONDS)
    assert seen.ends is None
    assert seen.ahead is not None
    assert -3605 < seen.ahead < -3595


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(UnreachableError):
        look_at(f"https://127.0.0.1:{port}", TlsTrust(), PORTAINER, SECONDS)
