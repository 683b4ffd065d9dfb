"""HTTP with time limits, careful retries and errors that say what happened.

Reads are repeated after a broken connection or a 502, 503 or 504. A write is repeated only if no connection came
about, so that nothing was sent; after that, whoever called has to look (`AmbiguousWriteError`).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from json import loads
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry
from urllib3.util.ssl_ import create_urllib3_context

from phoenix_providers.clients.certificate_refusal import ProductAdvice, certificate_refusal
from phoenix_providers.clients.connection_failure import CONNECT_SECONDS, look, may_be_kept_out, reason, was_not_sent
from phoenix_providers.errors import (
    AmbiguousWriteError,
    ConflictError,
    NotFoundError,
    ProductError,
    UnauthorizedError,
    UnreachableError,
    UntrustedError,
)

# Of a longer message, such as the progress of compose, the cause comes last.
_LONGEST_MESSAGE, _KEPT_AT_ITS_START = 600, 200
_GATEWAY_FAILURES = (502, 504)
_NOT_MODIFIED = 304
# In paths of what is only passed on, to the engine of an environment.
_THROUGH_PORTAINER = "/docker/"
_READ_RETRY = Retry(total=2, backoff_factor=0.2, status_forcelist=(502, 503, 504), raise_on_status=False)
_WRITE_RETRY = Retry(connect=2, read=0, status=0, other=0, redirect=0, total=2, backoff_factor=0.2)


@dataclass(frozen=True)
class Answer:
    """What a product said; `data` is the decoded JSON, or None."""

    status: int
    data: Any
    headers: Mapping[str, str]
    content: bytes = b""

    @property
    def text(self) -> str:
        """Return it as text: most answers are asked for their data alone, and some are none."""
        return self.content.decode(errors="replace")


@dataclass(frozen=True)
class TlsTrust:
    """Whose certificates are believed: a CA file, everybody (`insecure`), or the usual authorities."""

    ca_file: str | None = None
    insecure: bool = False

    @property
    def verify(self) -> str | bool:
        """The value as the HTTP library takes it."""
        return False if self.insecure else self.ca_file or True


class Transport:
    """Requests to one product. Safe to share between threads; keeps no cookies.

    Args:
        product: Its name in messages.
        base_url: What stands before every path.
        timeout: How long an answer may take, in seconds.
        trust: Whose certificates are believed.
        headers: Gives the headers of the next request.
        if_kept_out: What else to do where no connection comes about, as behind a firewall.
        advice: What to do about its address, and about a certificate that is not believed.

    Attributes:
        refusal: What every request ends with, without being sent; None as a rule.
        silent_since: When it was found that nobody answers, on the monotonic clock; None once somebody does.
    """

    refusal: ProductError | None = None
    silent_since: float | None = None

    def __init__(
        self,
        product: str,
        base_url: str,
        *,
        timeout: float,
        trust: TlsTrust | None = None,
        headers: Callable[[], Mapping[str, str]] = dict,
        if_kept_out: str = "",
        advice: ProductAdvice | None = None,
    ) -> None:
        self.product = product
        self._if_kept_out = if_kept_out
        self._advice = advice or ProductAdvice()
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._trust = trust or TlsTrust()
        self._headers = headers
        self._sessions: list[requests.Session] = []
        self._idle: list[requests.Session] = []

    def read(
        self, path: str, params: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """GET; raises a `ProductError` unless the answer is 2xx."""
        self._refuse()
        arguments = self._arguments(path)
        arguments["headers"] |= headers or {}
        try:
            with self._session() as session:
                response = session.request("GET", **arguments, params=params)
        except requests.RequestException as error:
            self.silent_since = time.monotonic()
            raise self._unreachable(path, error) from None
        except OSError:
            raise self._no_authority() from None
        return self._answer("GET", path, response)

    def write(
        self,
        verb: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        fields: Mapping[str, str] | None = None,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """POST, PUT or DELETE, once; `form` is sent as multipart, `fields` URL-encoded.

        "Not modified" is a success: Docker says so of a container that is started, or stopped, already.

        Raises:
            AmbiguousWriteError: It was sent, and the outcome is not known.
            UnreachableError: No connection came about, so nothing was sent.
        """
        self._refuse()
        arguments = self._arguments(path, timeout)
        arguments["headers"] |= headers or {}
        files = {key: (None, str(value)) for key, value in form.items()} if form is not None else None
        try:
            with self._session() as session:
                response = session.request(verb, **arguments, params=params, json=json, files=files, data=fields)
        except requests.RequestException as error:
            if was_not_sent(error):
                raise self._unreachable(path, error) from None
            unclear = AmbiguousWriteError(
                f"{self.product} did not answer a {verb}; it may or may not have been done",
                where=self.base_url + path,
                seen=reason(error),
                next_step="run the same command again: it looks before it writes",
            )
            # Before the answer begins, the same silence is a `ReadTimeout`.
            unclear.began = "Read timed out" in repr(error) and not isinstance(error, requests.ReadTimeout)
            raise unclear from None
        except OSError:
            raise self._no_authority() from None
        if response.status_code in _GATEWAY_FAILURES:
            raise AmbiguousWriteError(
                f"{self.product} answered a {verb} with {response.status_code}; it may or may not have been done",
                where=self.base_url + path,
                seen=_shorten(response.text) or f"HTTP {response.status_code}",
                next_step="run the same command again: it looks before it writes",
                status=response.status_code,
            )
        return self._answer(verb, path, response)

    def close(self) -> None:
        """End all connections; the next request opens a new one."""
        for session in list(self._sessions):
            session.close()

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal.with_traceback(None)

    def _arguments(self, path: str, timeout: float | None = None) -> dict[str, Any]:
        return {
            "url": self.base_url + path,
            "headers": dict(self._headers()),
            "timeout": (min(CONNECT_SECONDS, self._timeout), timeout or self._timeout),
            "verify": self._trust.verify,
            "allow_redirects": False,
        }

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        """Lend a session: the one that was given back last, so that as few connections are opened as are needed."""
        try:
            session = self._idle.pop()
        except IndexError:
            session = self._new_session()
        try:
            yield session
        finally:
            self._idle.append(session)

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        # Environment variables must not redirect, authenticate or re-trust requests of a home network.
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            session.mount(scheme, _MethodAdapter(tls_context(self._trust)))
        self._sessions.append(session)
        return session

    def _answer(self, verb: str, path: str, response: requests.Response) -> Answer:
        self.silent_since = None
        data = _decoded(response)
        if 200 <= response.status_code < 300 or (response.status_code == _NOT_MODIFIED and verb != "GET"):
            return Answer(response.status_code, data, response.headers, response.content)
        own_words = isinstance(data, dict) and "message" in data
        kind: type[ProductError] = ProductError
        if own_words or response.status_code == 401:
            kind = {401: UnauthorizedError, 404: NotFoundError, 409: ConflictError}.get(response.status_code, kind)
        if kind is UnauthorizedError and _THROUGH_PORTAINER in path and set(data or ()) == {"message"}:
            # Docker passes on what a registry said; Portainer's own refusals have details.
            kind = ProductError
        if response.status_code in _GATEWAY_FAILURES and verb == "GET":
            kind = UnreachableError
        raise kind(
            f"{self.product} refused {verb} {path.partition('?')[0]}",
            where=self.base_url,
            seen=f"HTTP {response.status_code} {_shorten(_own_message(data) or _reason_phrase(response))}".rstrip(),
            status=response.status_code,
        )

    def _unreachable(self, path: str, error: requests.RequestException) -> UnreachableError:
        if refusal := certificate_refusal(repr(error), self.base_url, self._advice):
            return UntrustedError(
                f"{self.product} cannot be reached",
                where=self.base_url,
                seen=refusal.seen,
                next_step="\n            ".join(refusal.next_steps),
            )
        if "NO_CERTIFICATE_OR_CRL_FOUND" in repr(error):
            return self._no_authority()
        seen, steps = reason(error), list(look(repr(error), self.base_url, path, self._advice.address))
        if self._if_kept_out and may_be_kept_out(error):
            steps.append(self._if_kept_out)
        return UnreachableError(
            f"{self.product} cannot be reached", where=self.base_url, seen=seen, next_step="\n            ".join(steps)
        )

    def _no_authority(self) -> UntrustedError:
        """Say that the file with the authority is none: the HTTP library stumbles over it before it sends anything."""
        return UntrustedError(
            f"{self.product} was not asked: the file of its certificate authority cannot be read",
            where=self.base_url,
            seen=str(self._trust.ca_file),
            expected="a file with certificates in PEM form (-----BEGIN CERTIFICATE-----)",
            next_step=self._advice.trust[-1] if self._advice.trust else "",
        )


def tls_context(trust: TlsTrust) -> ssl.SSLContext:
    """Return what checks certificates; a file with the authority is not loaded yet."""
    if trust.verify is True:
        return _authorities()
    if not trust.verify:
        # Without one of ours, the HTTP library reads all authorities of this computer for every connection, in
        # vain: most of what a run of many requests took.
        return create_urllib3_context(cert_reqs=ssl.CERT_NONE)
    # Many servers send no authority: then the file that was fetched from one holds its own certificate alone.
    context = create_urllib3_context()
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


@cache
def _authorities() -> ssl.SSLContext:
    """Return those of this computer, which the Proxmox plugin goes by, too; the HTTP library adds its own."""
    return ssl.create_default_context()


class _Unchecked(urllib3.HTTPSConnectionPool):
    """Connections whose certificates nobody checks, without the library's warning at each request.

    The user chose it in the settings. A filter would be one for all threads, and others put theirs back.
    """

    def _validate_conn(self, conn: Any) -> None:
        if conn.is_closed:
            conn.connect()


class _MethodAdapter(HTTPAdapter):
    """Retries by method: reads often, writes only before anything was sent."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **options)
        if self._context.verify_mode is ssl.CERT_NONE:
            self.poolmanager.pool_classes_by_scheme = {**self.poolmanager.pool_classes_by_scheme, "https": _Unchecked}

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        self.max_retries = _READ_RETRY if request.method == "GET" else _WRITE_RETRY
        return super().send(request, *args, **options)


def _decoded(response: requests.Response) -> Any:
    try:
        return loads(response.content)
    except ValueError:
        return None


def _own_message(data: Any) -> str:
    if not isinstance(data, dict):
        return ""
    message, details = (str(data.get(key, "")) for key in ("message", "details"))
    # Portainer often repeats its message there, with a capital letter.
    return message if details.lower() == message.lower() else ": ".join(filter(None, (message, details)))


def _reason_phrase(response: requests.Response) -> str:
    """Return the body or, where it says nothing, the reason phrase: Proxmox puts its messages there."""
    return str(response.reason or "") if _says_nothing(response.text) else response.text


def _says_nothing(text: str) -> bool:
    return text.strip() in ("", '{"data":null}', '{"data": null}')


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= _LONGEST_MESSAGE:
        return text
    # A word that is cut could be a part of a secret, which nobody would recognise any more.
    start = text[:_KEPT_AT_ITS_START].rpartition(" ")[0]
    end = text[_KEPT_AT_ITS_START - _LONGEST_MESSAGE :].partition(" ")[2]
    return f"{start} … {end}".strip()
