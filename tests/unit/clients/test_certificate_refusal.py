"""What is said of certificates that are not believed, with the words of real TLS."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from phoenix_providers.clients.certificate_refusal import PORTAINER
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clients.proxmox.api import ProxmoxApi
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.clients.transport import TlsTrust, Transport, _authorities
from phoenix_providers.errors import UnreachableError
from phoenix_providers.lab import certificates
from phoenix_providers.lab.certificates import CertificateAuthority

Serve = Callable[..., str]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def authority(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority(tmp_path / "ca")


@pytest.fixture
def serve(authority: CertificateAuthority) -> Iterator[Serve]:
    """Start a server with a certificate for these names; return its URL."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(*names: str) -> str:
        httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        httpd.daemon_threads = True
        # A client that does not believe ends the handshake.
        httpd.handle_error = lambda *_: None  # type: ignore[method-assign]
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*authority.issue("server", names))
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((httpd, thread))
        return f"https://127.0.0.1:{httpd.server_port}"

    yield start
    for httpd, thread in running:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def refused(transport: Transport) -> UnreachableError:
    with pytest.raises(UnreachableError) as caught:
        transport.read("/")
    transport.close()
    return caught.value


def portainer(url: str, trust: TlsTrust) -> UnreachableError:
    session = PortainerSession(url, user="admin", password=None, api_key=None, timeout=5, trust=trust)
    with pytest.raises(UnreachableError) as caught:
        session.status()
    return caught.value


def test_an_unknown_authority_is_fetched_compared_and_set(serve: Serve) -> None:
    url = serve("127.0.0.1")
    told = portainer(url, TlsTrust()).explanation
    assert told.seen == "its certificate is not signed by a trusted authority"
    fetch, compare, trust, unchecked = (line.strip() for line in told.next_step.splitlines())
    assert fetch.startswith(f"openssl s_client -connect {url.removeprefix('https://')} -showcerts ")
    assert "-fingerprint -sha256" in compare
    assert trust == "pulumi config set phoenix:portainerCaFile portainer-ca.pem"
    assert unchecked.startswith("or, without any check: pulumi config set phoenix:portainerInsecure true")


def test_another_name_is_told_from_an_unknown_authority(serve: Serve, authority: CertificateAuthority) -> None:
    """Portainer's own certificate is for localhost, so that trusting it does not help."""
    told = portainer(serve("localhost"), TlsTrust(str(authority.ca_file))).explanation
    assert told.seen == "its certificate is for another host name or address"
    assert "-ext subjectAltName" in told.next_step
    assert "phoenix:portainerUrl" in told.next_step
    assert "phoenix:portainerInsecure" in told.next_step


@pytest.mark.parametrize(
    ("shift", "seen", "step"),
    [(timedelta(days=-90), "its certificate has expired", "give Portainer another certificate"),
     (timedelta(days=90), "its certificate is not valid yet", "compare the clocks")],
)  # fmt: skip
def test_so_is_the_wrong_time(
    monkeypatch: pytest.MonkeyPatch,
    serve: Serve,
    authority: CertificateAuthority,
    shift: timedelta,
    seen: str,
    step: str,
) -> None:
    class Shifted(datetime):
        @classmethod
        def now(cls, _zone: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + shift

    monkeypatch.setattr(certificates, "datetime", Shifted)
    told = portainer(serve("127.0.0.1"), TlsTrust(str(authority.ca_file))).explanation
    assert told.seen == seen
    assert step in told.next_step


def test_proxmox_and_traefik_name_their_own_settings(serve: Serve) -> None:
    url = serve("127.0.0.1")
    with pytest.raises(UnreachableError) as of_proxmox:
        ProxmoxApi(url, SecretStr("a@pve!b=c"), timeout=5, insecure=False).version()
    assert "scp root@127.0.0.1:/etc/pve/pve-root-ca.pem" in str(of_proxmox.value)
    assert "pulumi config set proxmoxve:insecure true" in str(of_proxmox.value)
    with pytest.raises(UnreachableError) as of_traefik:
        TraefikApi(url, timeout=5).version()
    assert "phoenix:traefikApiUrl http://127.0.0.1:8080" in str(of_traefik.value)
    assert "curl -vk" not in str(of_proxmox.value) + str(of_traefik.value)


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_that_holds_no_authority_is_named(serve: Serve, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "mine.pem"
    if content is not None:
        file.write_text(content)
    told = portainer(serve("127.0.0.1"), TlsTrust(str(file))).explanation
    assert told.seen == str(file)
    assert "BEGIN CERTIFICATE" in told.expected
    assert "phoenix:portainerCaFile" in told.next_step


def test_a_server_that_sends_no_authority_is_trusted_by_its_own_certificate(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "portainer-ca.pem"
    for name in ("127.0.0.1", "localhost"):
        url = serve(name)
        file.write_text(ssl.get_server_certificate(("127.0.0.1", int(url.rpartition(":")[2]))))
        transport = Transport("Portainer", url, timeout=5, trust=TlsTrust(str(file)), advice=PORTAINER)
        if name == "localhost":
            assert refused(transport).explanation.seen == "its certificate is for another host name or address"
        else:
            assert transport.read("/").data == {}
            transport.close()
    other = serve("127.0.0.1")
    assert "not signed by a trusted authority" in portainer(other, TlsTrust(str(file))).explanation.seen


def test_the_authorities_of_this_computer_count(
    monkeypatch: pytest.MonkeyPatch, serve: Serve, authority: CertificateAuthority
) -> None:
    url = serve("127.0.0.1")
    assert "not signed" in refused(Transport("Portainer", url, timeout=5)).explanation.seen
    _authorities.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    client = Transport("Portainer", url, timeout=5)
    assert client.read("/").status == 200
    client.close()
    _authorities.cache_clear()


def test_an_address_where_nobody_is_says_how_to_set_another() -> None:
    told = portainer("https://127.0.0.1:1", TlsTrust()).explanation
    assert told.seen == "connection refused: nothing listens there"
    assert [line.strip() for line in told.next_step.splitlines()] == [
        "nc -vz 127.0.0.1 1",
        "or correct the address: pulumi config set phoenix:portainerUrl https://ADDRESS:9443",
    ]
