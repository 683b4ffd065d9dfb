"""Listening sockets that let in only whom the firewall lets in."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

from phoenix_providers.lab.firewall.evaluation import Map, passes
from phoenix_providers.lab.firewall.in_force import RulesInForce
from phoenix_providers.lab.firewall.rule_match import Attempt

_BACKLOG = 128
_HERE = "127.0.0.1"
_RESET = struct.pack("ii", 1, 0)
Listen = Callable[[str, int], socket.socket]
Welcome = Callable[[Attempt], bool]


class Door(socket.socket):
    """A listening socket that asks about each new connection; those that are established are never asked about."""

    welcome: Welcome

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """Take the next connection.

        Raises:
            ConnectionAbortedError: It was not let in. The lab resets it at once, where Proxmox would let it run out
                of time: whoever tries sees a failure either way, and nobody has to wait.
        """
        connection, peer = super().accept()
        host, port = self.getsockname()[:2]
        if self.welcome(Attempt(peer[0], host, port)):
            return connection, peer
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        connection.close()
        raise ConnectionAbortedError


def open_door(host: str, port: int, welcome: Welcome = lambda _attempt: True) -> Door:
    """Listen; port 0 takes any free one. Raises OSError that names the address, when it is taken."""
    door = Door(socket.AF_INET, socket.SOCK_STREAM)
    door.welcome = welcome
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.setblocking(False)
        door.bind((host, port))
        door.listen(_BACKLOG)
    except OSError as error:
        door.close()
        raise OSError(error.errno, error.strerror, f"{host}:{port}") from None
    return door


class Doorkeeper:
    """Opens the doors of a lab.

    Its machines share one loopback interface, where a connection without an address of its own comes from 127.0.0.1.
    At the node, at agents, at Portainer's API and at Traefik's that is the computer that runs the sync. At back ends it
    is Traefik, which cannot be told to use its own address; so what is asked there directly counts as asked by Traefik.

    `sync_address` says as whom that computer counts.

    Not filtered: what Traefik routes, and the DNS server's port.
    """

    def __init__(self, known: Map, rules: RulesInForce, traefik_address: str, sync_address: str = _HERE) -> None:
        self._known = known
        self._rules = rules
        self._traefik_address = traefik_address
        self._sync_address = sync_address

    def open(self, host: str, port: int) -> Door:
        """Open a door of the node, of an agent, or of an API."""
        return open_door(host, port, self._lets_in_from_here)

    def open_back_end(self, host: str, port: int) -> Door:
        """Open a door of a back end."""
        return open_door(host, port, self._lets_in_from_traefik)

    def _lets_in(self, attempt: Attempt) -> bool:
        return passes(self._rules.firewall(), self._known, attempt)

    def _lets_in_from_here(self, attempt: Attempt) -> bool:
        return self._lets_in(_as_from(self._sync_address, attempt))

    def _lets_in_from_traefik(self, attempt: Attempt) -> bool:
        return self._lets_in(_as_from(self._traefik_address, attempt))


def _as_from(address: str, attempt: Attempt) -> Attempt:
    return Attempt(address, attempt.dest, attempt.port) if attempt.source == _HERE else attempt
