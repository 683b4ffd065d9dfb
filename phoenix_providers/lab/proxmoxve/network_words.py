"""What went wrong on the network, in the words of the real plugin's HTTP library as far as they matter."""

from __future__ import annotations

import http.client
import socket
import ssl


def network_words(error: OSError | http.client.HTTPException, host: str, port: int) -> str:
    """Say why there was no answer."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"tls: failed to verify certificate: x509: {_certificate(error)}"
    if isinstance(error, ConnectionRefusedError):
        return f"dial tcp {host}:{port}: connect: connection refused"
    if isinstance(error, socket.gaierror):
        return f"dial tcp: lookup {host}: no such host"
    if isinstance(error, http.client.RemoteDisconnected):
        return "EOF"
    if isinstance(error, ConnectionResetError):
        return "read: connection reset by peer"
    return str(error)


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    # The only other one that a lab brings about is a name that does not fit; its words name what is wrong.
    if "mismatch" in error.verify_message:
        return error.verify_message
    return "certificate signed by unknown authority"
