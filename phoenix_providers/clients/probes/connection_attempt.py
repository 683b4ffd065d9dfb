"""Trying out connections, each time with a new one."""

from __future__ import annotations

import socket

_GREETING = b"SSH-"
_END_OF_PATIENCE = 0.3


def greets_as_ssh(address: str, port: int, *, timeout: float) -> str:
    """Return why no SSH server greets there; empty if one does."""
    try:
        with socket.create_connection((address, port), timeout) as connection:
            greeting = connection.recv(len(_GREETING))
    except OSError as error:
        return _reason(error)
    return "" if greeting == _GREETING else "something else than SSH answers"


def connects(address: str, port: int, *, timeout: float) -> str:
    """Return why no connection comes about; empty if one does. It may be cut at once: what is asked then tells that."""
    try:
        socket.create_connection((address, port), timeout).close()
    except OSError as error:
        return _reason(error)
    return ""


def takes_connections(address: str, port: int, *, timeout: float) -> str:
    """Return why no connection comes about; empty if one does, and is not ended at once."""
    try:
        connection = socket.create_connection((address, port), timeout)
    except OSError as error:
        return _reason(error)
    with connection:
        connection.settimeout(_END_OF_PATIENCE)
        try:
            return "" if connection.recv(1) else "the connection was cut"
        except TimeoutError:
            # Connected, and the server waits for us to speak first.
            return ""
        except OSError as error:
            return _reason(error)


def _reason(error: OSError) -> str:
    return "no connection in time" if isinstance(error, TimeoutError) else str(error.strerror or error)
