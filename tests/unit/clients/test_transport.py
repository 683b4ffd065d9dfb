"""What a client makes of the answers, and of their absence."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from phoenix_providers.clients.transport import Transport
from phoenix_providers.errors import (
    AmbiguousWriteError,
    ConflictError,
    NotFoundError,
    ProductError,
    UnauthorizedError,
    UnreachableError,
)


@dataclass
class Script:
    """What the server shall answer, one after the other; "cut" closes the connection without an answer."""

    answers: list[tuple[int, str] | str]
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@dataclass
class Server:
    url: str
    script: Script


@pytest.fixture
def server() -> Iterator[Server]:
    script = Script([])

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            script.seen.append((self.command, dict(self.headers)))
            answer = script.answers.pop(0)
            if isinstance(answer, str):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, text = answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.send_header("Set-Cookie", "portainer_api_key=x; Path=/")
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def log_message(self, *_: object) -> None:
            return

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = False
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Server(f"http://127.0.0.1:{httpd.server_port}", script)
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def transport(server: Server) -> Transport:
    return Transport("Portainer", server.url, timeout=5)


OWN_WORDS = json.dumps({"message": "No such thing", "details": "bucket=stacks"})


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (404, OWN_WORDS, NotFoundError),
        (404, "404 page not found", ProductError),
        (409, OWN_WORDS, ConflictError),
        (401, OWN_WORDS, UnauthorizedError),
        (401, "", UnauthorizedError),
        (500, OWN_WORDS, ProductError),
        (303, OWN_WORDS, ProductError),
    ],
)
def test_refusals_become_errors_of_their_kind(server: Server, status: int, text: str, kind: type) -> None:
    server.script.answers = [(status, text)]
    with pytest.raises(ProductError) as caught:
        transport(server).read("/api/stacks/9")
    assert type(caught.value) is kind
    assert caught.value.status == status


def test_a_registry_that_wants_a_sign_in_says_nothing_of_ours(server: Server) -> None:
    path = "/api/endpoints/1/docker/distribution/x/json"
    server.script.answers = [(401, json.dumps({"message": "unauthorized"})), (401, OWN_WORDS)]
    for kind in (ProductError, UnauthorizedError):
        with pytest.raises(ProductError) as caught:
            transport(server).read(path)
        assert type(caught.value) is kind


def test_a_proxy_in_front_is_never_taken_for_absence(server: Server) -> None:
    server.script.answers = [(404, "<html>no such site</html>")]
    with pytest.raises(ProductError) as caught:
        transport(server).read("/api/stacks/9")
    assert not isinstance(caught.value, NotFoundError)


def test_the_products_own_words_are_kept(server: Server) -> None:
    server.script.answers = [(500, OWN_WORDS)]
    with pytest.raises(ProductError, match="No such thing: bucket=stacks"):
        transport(server).read("/api/stacks")


def test_of_a_long_message_both_ends_are_kept_and_no_word_is_cut(server: Server) -> None:
    progress = " ".join(f"Container shop-production-{number}-1 Created" for number in range(40))
    message = f"failed to deploy a stack: {progress}\nError response from daemon: port is already allocated\n"
    answer = json.dumps({"message": message, "details": message[:1].upper() + message[1:]})
    server.script.answers = [(500, answer)]
    with pytest.raises(ProductError) as caught:
        transport(server).read("/api/stacks")
    seen = caught.value.explanation.seen
    assert seen.startswith("HTTP 500 failed to deploy a stack: ")
    assert seen.endswith("Error response from daemon: port is already allocated")
    assert set(seen.split()) <= {"HTTP", "500", "…", *message.split()}
    assert len(seen) < 700


def test_details_that_only_repeat_the_message_are_not_said_again(server: Server) -> None:
    server.script.answers = [(500, json.dumps({"message": "no such thing", "details": "No such thing"}))]
    with pytest.raises(ProductError) as caught:
        transport(server).read("/api/stacks")
    assert caught.value.explanation.seen == "HTTP 500 no such thing"


@pytest.mark.parametrize("first", ["cut", (502, ""), (503, ""), (504, "")])
def test_reads_are_repeated(server: Server, first: tuple[int, str] | str) -> None:
    server.script.answers = [first, (200, "[]")]
    assert transport(server).read("/api/stacks").data == []


def test_a_read_that_keeps_failing_means_unreachable(server: Server) -> None:
    server.script.answers = [(502, "")] * 3
    with pytest.raises(UnreachableError):
        transport(server).read("/api/endpoints/1/docker/containers/json")


@pytest.mark.parametrize("answer", ["cut", (502, ""), (504, "")])
def test_writes_are_never_repeated_after_sending(server: Server, answer: tuple[int, str] | str) -> None:
    server.script.answers = [answer, (200, "{}")]
    with pytest.raises(AmbiguousWriteError):
        transport(server).write("POST", "/api/stacks", json={})
    assert len(server.script.seen) == 1


def test_nothing_listening_means_that_nothing_was_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    client = Transport("Portainer", f"http://127.0.0.1:{port}", timeout=1)
    with pytest.raises(UnreachableError, match="connection refused: nothing listens there"):
        client.write("POST", "/api/stacks", json={})


HINT = "if a firewall keeps you out: open it"


def advice(url: str) -> str:
    with pytest.raises(UnreachableError) as caught:
        Transport("Proxmox", url, timeout=1, if_kept_out=HINT).read("/version")
    return caught.value.explanation.next_step


def test_who_is_refused_a_connection_is_told_what_may_keep_him_out() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert advice(f"http://127.0.0.1:{port}").splitlines()[1].strip() == HINT


def test_so_is_who_gets_no_connection_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_arguments: object, **_options: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib3.util.connection.create_connection", silent)
    assert HINT in advice("http://127.0.0.1:8006")


def test_a_firewall_is_no_reason_for_a_name_a_certificate_or_a_silent_product(server: Server) -> None:
    server.script.answers = ["cut"] * 3
    with socket.create_server(("127.0.0.1", 0)) as silent:
        taken = f"http://127.0.0.1:{silent.getsockname()[1]}"
        for url in ("http://nobody.invalid:8006", server.url.replace("http:", "https:"), server.url, taken):
            assert HINT not in advice(url), url


def test_no_cookie_is_ever_sent(server: Server) -> None:
    server.script.answers = [(200, "{}"), (200, "{}")]
    client = transport(server)
    client.read("/api/auth")
    client.write("POST", "/api/stacks", json={})
    assert all("Cookie" not in headers for _, headers in server.script.seen)


@pytest.mark.parametrize("begins", [True, False])
def test_silence_after_an_answer_has_begun_is_told_from_silence_before(begins: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepted: list[socket.socket] = []

        def serve() -> None:
            connection, _ = listener.accept()
            accepted.append(connection)
            connection.recv(65536)
            if begins:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

        thread = threading.Thread(target=serve)
        thread.start()
        client = Transport("Docker", f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=0.1)
        with pytest.raises(AmbiguousWriteError) as caught:
            client.write("POST", "/images/create")
        thread.join()
        client.close()
        accepted[0].close()
    assert caught.value.began is begins
