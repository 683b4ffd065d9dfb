"""Being signed in to a Portainer."""

from __future__ import annotations

import base64
import json
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr

from phoenix_providers.clients.certificate_refusal import PORTAINER
from phoenix_providers.clients.json_record import JsonRecord
from phoenix_providers.clients.transport import Answer, TlsTrust, Transport
from phoenix_providers.errors import (
    AmbiguousWriteError,
    NoUsersYetError,
    ProductError,
    UnauthorizedError,
    UnreachableError,
)

_PASSWORD_COMMAND = "pulumi config set --secret phoenix:portainerPassword"  # noqa: S105 - a command, not a secret
_KEY_COMMAND = "pulumi config set --secret phoenix:portainerApiKey"
# Twice the burst that a server allows would mean a ban of one hour; nothing needs more than a few.
_MOST_SIGN_INS = 5
# For how long a server that was silent when it was asked who it is is not asked that again.
_SILENT_SECONDS = 10.0
# What other servers, or Portainer's port for https asked without it, say instead of its public status.
_NOT_PORTAINER = {301, 302, 307, 308, 400, 401, 403, 404, 405}


class PortainerSession:
    """Requests as a signed-in user. An API key is preferred; a token is renewed once when it has expired.

    A key that is refused gives way to the password, if there is one: a Portainer whose data are new knows no old key.
    One sign-in serves all threads, and a refused one is not tried again: the server bans an address for an hour that
    signs in too often.

    Attributes:
        restarts: How often the server was seen to have restarted: it then refuses tokens that have not expired. What it
            was doing at that time is not going on any more.
    """

    def __init__(
        self,
        url: str,
        *,
        user: str,
        password: SecretStr | None,
        api_key: SecretStr | None,
        timeout: float,
        trust: TlsTrust,
    ) -> None:
        self.url = url
        self.restarts = 0
        self._user = user
        self._password = password
        self._api_key = api_key
        self._token: str | None = None
        self._refusal: ProductError | None = None
        self._sign_ins = 0
        self._status: JsonRecord | None = None
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._silence: tuple[float, UnreachableError] | None = None
        self._public = Transport("Portainer", url, timeout=timeout, trust=trust, advice=PORTAINER)
        self._signed_in = Transport(
            "Portainer", url, timeout=timeout, trust=trust, headers=self._credentials, advice=PORTAINER
        )

    def set_aside(self, reason: ProductError | None) -> None:
        """Answer every request with this, without asking, until somebody takes it back with None."""
        self._silence = None
        self._public.refusal = self._signed_in.refusal = reason

    def status(self) -> JsonRecord:
        """Return the public status (`Version`, `InstanceID`); needs no credentials."""
        try:
            data = self._public.read("/api/system/status").data
        except UnreachableError:
            raise
        except ProductError as error:
            if error.status in _NOT_PORTAINER:
                raise self._not_portainer(error.explanation.seen) from None
            raise
        if not isinstance(data, dict) or "Version" not in data:
            raise self._not_portainer("an answer that Portainer does not give")
        self._status = data
        return self._status

    def _not_portainer(self, seen: str) -> ProductError:
        return ProductError(
            "Something else than Portainer answers",
            where=self.url,
            seen=seen,
            expected="Portainer's address, with https on its port 9443 or http on its port 9000",
            next_step=PORTAINER.address,
        )

    @property
    def instance(self) -> str:
        """What tells one Portainer's data from another's: numbers of one mean nothing at the other. Asked once."""
        return str(self.known_status.get("InstanceID") or "")

    @property
    def known_status(self) -> JsonRecord:
        """The public status as it was seen last; asked for once, for all threads.

        So all resources that are read at the same time wait once for a server that is silent.
        """
        with self._asking:
            if self._status is None:
                self._introduce()
            return self._status or {}

    def ask_again(self) -> None:
        """Do not take it for silent any longer: somebody waits until it answers."""
        self._silence = None

    def _introduce(self) -> None:
        if self._silence is not None and time.monotonic() - self._silence[0] < _SILENT_SECONDS:
            raise self._silence[1].with_traceback(None)
        try:
            self.status()
        except UnreachableError as error:
            self._silence = time.monotonic(), error
            raise

    def has_admin(self) -> bool:
        """Whether the first administrator has been made."""
        try:
            self._public.read("/api/users/admin/check")
        except ProductError as error:
            if error.status == 404:
                return False
            raise
        return True

    @property
    def can_make_admin(self) -> bool:
        """Whether there is a password for a first administrator."""
        return self._password is not None

    def make_admin(self, setup_token: SecretStr | None) -> None:
        """Make the first administrator; newer servers want the token that their log shows.

        Raises:
            ProductError: Portainer refused; the time for it may be over.
        """
        if self._password is None:
            raise no_credentials(self.url)
        headers = {"X-Setup-Token": setup_token.get_secret_value()} if setup_token is not None else {}
        body = {"Username": self._user, "Password": self._password.get_secret_value()}
        self._public.write("POST", "/api/users/admin/init", json=body, headers=headers)
        with self._lock:
            self._refusal = None

    def sign_in(self) -> None:
        """Make sure that the credentials are accepted.

        Raises:
            UnauthorizedError: They are not, or there are none.
        """
        if self._api_key is not None:
            self.read("/api/endpoints", {"limit": "1", "start": "1", "excludeSnapshots": "true"})
        else:
            self._ensure_token()

    def read(
        self, path: str, params: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """GET as the signed-in user."""
        return self._renewing(lambda: self._signed_in.read(path, params, headers=headers))

    def write(self, verb: str, path: str, **options: Any) -> Answer:
        """Write as the signed-in user; a refused token means that nothing was done, so it is safe to renew."""
        return self._renewing(lambda: self._signed_in.write(verb, path, **options))

    def _renewing(self, request: Callable[[], Answer]) -> Answer:
        used = self._token
        try:
            return request()
        except UnauthorizedError as error:
            if self._api_key is not None:
                self._give_up_key(error)
            with self._lock:
                if used is not None and self._token == used:
                    self._token = None
                    self.restarts += not _expired(used)
            return request()

    def _credentials(self) -> Mapping[str, str]:
        if self._api_key is not None:
            return {"X-API-Key": self._api_key.get_secret_value()}
        return {"Authorization": f"Bearer {self._ensure_token()}"}

    def _give_up_key(self, error: UnauthorizedError) -> None:
        """Go on with the password, and say so."""
        refused = self._refused_key(error)
        with self._lock:
            if self._password is None:
                raise refused
            if self._api_key is not None:
                print(f"warning: {refused}\n  meanwhile: the password of {self._user!r} is used", file=sys.stderr)
            self._api_key = None

    def _ensure_token(self) -> str:
        with self._lock:
            if self._token is None:
                if self._refusal is not None:
                    raise self._refusal
                self._token = self._new_token()
            return self._token

    def _new_token(self) -> str:
        if self._password is None:
            raise no_credentials(self.url)
        if self._sign_ins >= _MOST_SIGN_INS:
            raise UnauthorizedError(
                "Portainer refuses the tokens that it gives",
                where=self.url,
                seen=f"{self._sign_ins} sign-ins, and no token was accepted for long",
                expected="a clock that does not jump, and one Portainer behind this address",
                next_step="date   (there and here), then run the same command again",
            )
        self._sign_ins += 1
        body = {"Username": self._user, "Password": self._password.get_secret_value()}
        try:
            return str(self._public.write("POST", "/api/auth", json=body).data["jwt"])
        except ProductError as error:
            failure = self._sign_in_failure(error)
            if isinstance(failure, UnauthorizedError):
                self._refusal = failure
            raise failure from None

    def _sign_in_failure(self, error: ProductError) -> ProductError:
        if isinstance(error, AmbiguousWriteError):
            # It changes nothing there: whatever was wanted of it has not been sent yet.
            return UnreachableError(
                "Portainer does not answer",
                where=self.url,
                seen=error.explanation.seen,
                next_step="phoenix doctor   (it looks at everything on the way there)",
                status=error.status,
            )
        if error.status == 422 and self._is_new():
            return no_administrator_yet(self.url, can_be_made=True)
        if error.status == 422:
            return UnauthorizedError(
                f"Portainer refused the password of user {self._user!r}",
                where=self.url,
                seen="HTTP 422 Invalid credentials",
                expected="the password with which this user signs in to Portainer's web page",
                next_step=_PASSWORD_COMMAND,
                status=422,
            )
        if error.status == 403:
            return UnauthorizedError(
                "Portainer refuses sign-ins from this address after too many tries",
                where=self.url,
                seen="HTTP 403",
                expected="one hour without tries, a restart of Portainer, or an API key",
                next_step=_KEY_COMMAND,
                status=403,
            )
        return error

    def _is_new(self) -> bool:
        """Whether nobody can be known yet; an answer that does not come proves nothing."""
        try:
            return not self.has_admin()
        except ProductError:
            return False

    def _refused_key(self, error: UnauthorizedError) -> UnauthorizedError:
        if self._password is None and self._is_new():
            return no_administrator_yet(self.url, can_be_made=False)
        return UnauthorizedError(
            "Portainer refused the API key",
            where=self.url,
            seen=error.explanation.seen,
            expected="a key made under My account > Access tokens",
            next_step=_KEY_COMMAND,
            status=401,
        )


def no_credentials(url: str) -> UnauthorizedError:
    """Say what to configure."""
    return UnauthorizedError(
        "No credentials for Portainer are configured",
        where=url,
        expected="an API key, or the password of the administrator",
        next_step=f"{_KEY_COMMAND}   (or {_PASSWORD_COMMAND})",
    )


def no_administrator_yet(url: str, *, can_be_made: bool) -> UnauthorizedError:
    """Say that a Portainer is new, and how it gets its administrator."""
    by_hand = f"open {url} within five minutes of its start"
    if can_be_made:
        return NoUsersYetError(
            "Portainer has no administrator yet",
            where=url,
            expected="one that a full run makes from phoenix:portainerPassword",
            next_step=f"phoenix sync all   (or {by_hand})",
        )
    return UnauthorizedError(
        "Portainer has no administrator yet, and so knows no API key either",
        where=url,
        expected="an administrator that a full run makes from phoenix:portainerPassword, or that you make",
        next_step=f"{_PASSWORD_COMMAND}   (or {by_hand}; then make a new key, {_KEY_COMMAND})",
    )


def _expired(token: str) -> bool:
    """Whether a token's own time is over; one that cannot be read counts as expired, which proves nothing."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"]) <= time.time()
    except (IndexError, KeyError, TypeError, ValueError):
        return True
