"""Our question and the lab's answer."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from phoenix_providers.clients.dns.name_server import NameServer, open_name_server
from phoenix_providers.errors import UnreachableError
from phoenix_providers.lab import name_server as lab

HOSTS = {"app.home.example": "10.0.0.12"}


async def closed(transport: asyncio.DatagramTransport) -> None:
    transport.close()
    await asyncio.sleep(0)


@pytest.fixture
def port() -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    endpoint = loop.create_datagram_endpoint(
        lambda: lab.NameServer(lambda name: HOSTS.get(name.rstrip("."))), local_addr=("127.0.0.1", 0)
    )
    transport, _ = asyncio.run_coroutine_threadsafe(endpoint, loop).result(10)
    yield transport.get_extra_info("sockname")[1]
    asyncio.run_coroutine_threadsafe(closed(transport), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_known_name(port: int) -> None:
    assert NameServer("127.0.0.1", port).addresses("app.home.example") == ("10.0.0.12",)


def test_an_unknown_name_has_no_address(port: int) -> None:
    assert NameServer("127.0.0.1", port).addresses("nobody.home.example") == ()


def test_silence_is_an_error_and_never_no_such_name() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(UnreachableError, match="does not answer"):
            NameServer("127.0.0.1", silent.getsockname()[1], timeout=0.2).addresses("app.home.example")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.13", ("10.0.0.13", 53)),
        ("10.0.0.13:5353", ("10.0.0.13", 5353)),
        ("fd00::53", ("fd00::53", 53)),
        ("[fd00::53]:5353", ("fd00::53", 5353)),
    ],
)
def test_the_setting(text: str, expected: tuple[str, int]) -> None:
    server = open_name_server(text)
    assert (server.address, server.port) == expected
    assert str(server) == text
