"""Whoever believes every certificate reads no authorities for it."""

from __future__ import annotations

import ssl
import threading
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from phoenix_providers.clients.transport import TlsTrust, Transport
from phoenix_providers.errors import UntrustedError
from phoenix_providers.lab.certificates import CertificateAuthority


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A server whose certificate nobody knows."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*CertificateAuthority(tmp_path).issue("server", ["127.0.0.1"]))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each time that the authorities of this computer are read."""
    seen: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda context, *_: seen.append(context))
    return seen


def test_an_insecure_connection_reads_no_authorities(url: str, loads: list[object]) -> None:
    for _ in range(3):
        transport = Transport("Proxmox", url, timeout=5, trust=TlsTrust(insecure=True))
        assert transport.read("/").status == 200
        transport.close()
    assert loads == []


def test_a_secure_one_still_refuses_a_certificate_that_nobody_knows(url: str) -> None:
    with pytest.raises(UntrustedError):
        Transport("Proxmox", url, timeout=5).read("/")


def test_an_insecure_one_warns_nobody_whatever_other_threads_make_of_the_filters(url: str) -> None:
    transport = Transport("Proxmox", url, timeout=5, trust=TlsTrust(insecure=True))
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert transport.read("/").status == 200
    transport.close()
    assert warned == []
