"""What a web server shows of itself before anything is asked of it: its certificate, and its clock."""

from __future__ import annotations

import http.client
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from phoenix_providers.clients.certificate_refusal import CertificateRefusal, ProductAdvice, certificate_refusal
from phoenix_providers.clients.transport import TlsTrust, tls_context
from phoenix_providers.errors import UnreachableError

_HTTPS = "https"


@dataclass(frozen=True)
class ServerLook:
    """What was seen.

    Attributes:
        issuer: Who signed the certificate; empty where there is none.
        ends: When it ends; None where there is none.
        refusal: Why it is not believed; None if it is, or where nobody checks it.
        ahead: By how many seconds its clock is ahead of ours; None where it does not tell.
    """

    issuer: str = ""
    ends: datetime | None = None
    refusal: CertificateRefusal | None = None
    ahead: float | None = None


def look_at(url: str, trust: TlsTrust, advice: ProductAdvice, timeout: float) -> ServerLook:
    """Look at a server; nothing but `HEAD /` is asked.

    Raises:
        UnreachableError: No connection came about.
    """
    try:
        issuer, ends = _certificate(url, timeout) if urlsplit(url).scheme == _HTTPS else ("", None)
        refusal = _refusal(url, trust, advice, timeout) if ends and not trust.insecure else None
        return ServerLook(issuer, ends, refusal, _ahead(url, timeout))
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(
            "The server cannot be reached",
            where=url,
            seen=str(error),
            next_step=f"curl -v {url}   (shows how far it gets)",
        ) from None


def _certificate(url: str, timeout: float) -> tuple[str, datetime]:
    """Return who signed the server's certificate, and when it ends, whether it is believed or not."""
    # Nobody else needs it, and it takes its time.
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    connection = _connected(url, timeout, tls_context(TlsTrust(insecure=True)))
    try:
        socket: Any = connection.sock
        shown = x509.load_der_x509_certificate(socket.getpeercert(binary_form=True))
    finally:
        connection.close()
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if names := shown.issuer.get_attributes_for_oid(kind):
            return str(names[0].value), shown.not_valid_after_utc
    return "an issuer without a name", shown.not_valid_after_utc


def _refusal(url: str, trust: TlsTrust, advice: ProductAdvice, timeout: float) -> CertificateRefusal | None:
    context = tls_context(trust)
    try:
        if trust.ca_file:
            context.load_verify_locations(trust.ca_file)
    except OSError as error:
        seen = f"the file of its authority cannot be read: {trust.ca_file} ({error.strerror or 'no certificates'})"
        return CertificateRefusal(seen, advice.trust[-1:])
    try:
        _connected(url, timeout, context).close()
    except ssl.SSLCertVerificationError as error:
        return certificate_refusal(repr(error), url, advice)
    return None


def _ahead(url: str, timeout: float) -> float | None:
    connection = _connected(url, timeout, tls_context(TlsTrust(insecure=True)))
    try:
        before = time.time()
        connection.request("HEAD", "/")
        told = connection.getresponse().headers.get("Date")
        moment = (before + time.time()) / 2
    finally:
        connection.close()
    if told is None:
        return None
    try:
        date = parsedate_to_datetime(told)
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - moment


def _connected(url: str, timeout: float, context: ssl.SSLContext) -> http.client.HTTPConnection:
    address = urlsplit(url)
    host = address.hostname or ""
    connection: http.client.HTTPConnection = (
        http.client.HTTPSConnection(host, address.port, timeout=timeout, context=context)
        if address.scheme == _HTTPS
        else http.client.HTTPConnection(host, address.port, timeout=timeout)
    )
    connection.connect()
    return connection
