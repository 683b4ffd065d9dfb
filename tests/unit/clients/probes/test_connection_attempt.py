"""What counts as a connection that comes about."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from phoenix_providers.clients.probes.connection_attempt import connects, greets_as_ssh, takes_connections

Serve = Callable[[bytes | None], tuple[str, int]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that starts a server for one visitor: it says something, or hangs up (None)."""
    threads: list[threading.Thread] = []
    left = threading.Event()

    def start(words: bytes | None) -> tuple[str, int]:
        listener = socket.create_server(("127.0.0.1", 0))

        def answer() -> None:
            with listener, listener.accept()[0] as visitor:
                if words is not None:
                    visitor.sendall(words)
                    left.wait(10)

        threads.append(threading.Thread(target=answer))
        threads[-1].start()
        host, port = listener.getsockname()
        return host, port

    yield start
    left.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    ("words", "ssh", "plain"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "", ""),
        (b"220 mail", "something else than SSH answers", ""),
        (b"", None, ""),
        (None, "something else than SSH answers", "the connection was cut"),
    ],
)
def test_answers(serve: Serve, words: bytes | None, ssh: str | None, plain: str) -> None:
    assert takes_connections(*serve(words), timeout=5) == plain
    assert connects(*serve(words), timeout=5) == ""
    if ssh is not None:
        assert greets_as_ssh(*serve(words), timeout=5) == ssh


@pytest.mark.parametrize("attempt", [connects, takes_connections, greets_as_ssh])
def test_nobody_there(attempt: Callable[..., str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        host, port = gone.getsockname()
    assert attempt(host, port, timeout=5) == "Connection refused"


def test_a_server_that_says_nothing_greets_nobody(serve: Serve) -> None:
    assert greets_as_ssh(*serve(b""), timeout=0.2) == "no connection in time"
