"""One request through an entry point, as a browser would send it, but to a given address."""

from __future__ import annotations

import socket
from dataclasses import dataclass

import urllib3

from phoenix_providers.errors import UnreachableError


@dataclass(frozen=True)
class Reply:
    """An answer. A 404 does not tell whether it is Traefik's own: back ends written in Go say the same."""

    status: int
    location: str = ""


def require_listener(address: str, port: int, *, timeout: float) -> None:
    """Raise an `UnreachableError` unless something takes connections there."""
    try:
        socket.create_connection((address, port), timeout).close()
    except OSError as error:
        raise UnreachableError(
            "Nothing answers there",
            where=f"{address}:{port}",
            seen=error.strerror or "no connection in time",
            next_step=f"nc -vz {address} {port}",
        ) from None


def ask(address: str, port: int, host: str, path: str, *, tls: bool, timeout: float) -> Reply:
    """Send one GET for a host name; redirections are not followed, certificates are not judged.

    Raises:
        UnreachableError: No answer came.
    """
    limits = urllib3.Timeout(connect=timeout, read=timeout)
    pool: urllib3.HTTPConnectionPool
    if tls:
        # Whether the certificate is a good one is not asked here; a warning for each route would only hide others.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        pool = urllib3.HTTPSConnectionPool(
            address,
            port,
            timeout=limits,
            retries=False,
            cert_reqs="CERT_NONE",
            assert_hostname=False,
            server_hostname=host,
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=limits, retries=False)
    with pool:
        try:
            answer = pool.urlopen("GET", path, headers={"Host": host}, redirect=False, preload_content=False)
            answer.close()
        except urllib3.exceptions.HTTPError as error:
            seen = type(error).__name__
            scheme = "https" if tls else "http"
            raise UnreachableError(
                "No answer came",
                where=f"{address}:{port} for {host}",
                seen=seen,
                next_step=f"curl -v --connect-to ::{address}:{port} {scheme}://{host}{path}",
            ) from None
    return Reply(answer.status, answer.headers.get("Location", ""))
