"""Networks and ports on loopback: each lab has its own, so that several can run side by side."""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

# The network of the example site; a lab that runs alone has it.
EXAMPLE = "127.50.0."
_FIRST, _LAST = 50, 250
# One listener of each product tells whether a network is in use.
_LISTENERS = (("10", 8006), ("12", 8080), ("110", 9443))
# Below the ports that the system gives to outgoing connections, which come and go.
_PORTS = range(10_000, 32_000)
# Tests that run side by side may have seeded the usual one alike.
_CHANCE = random.SystemRandom()


def free_network(*, anywhere: bool = False) -> str:
    """Return the beginning of addresses, such as "127.50.0.", in which nothing listens yet.

    With `anywhere` it is a random one, for labs that start at the same moment.
    """
    choices = [f"127.{second}.0." for second in range(_FIRST, _LAST)]
    if anywhere:
        choices = [f"127.{second}.{third}." for second in range(_FIRST + 1, _LAST) for third in range(1, _LAST)]
        _CHANCE.shuffle(choices)
    return next(network for network in choices if _is_free(network))


def free_port(address: str = "127.0.0.1") -> int:
    """Return a port on which nothing listens yet, and that no connection takes meanwhile."""
    while True:
        port = _CHANCE.choice(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((address, port))
            return port


def move(folder: Path, network: str) -> None:
    """Rewrite the example's addresses in all files of a folder."""
    if network == EXAMPLE:
        return
    for file in folder.rglob("*"):
        if file.is_file() and EXAMPLE in (text := file.read_text()):
            file.write_text(text.replace(EXAMPLE, network))


def _is_free(network: str) -> bool:
    for host, port in _LISTENERS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((network + host, port))
            except OSError:
                return False
    return True
