"""Being signed in to a Portainer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr

from phoenix_providers.clients.transport import Answer, TlsTrust, Transport
from phoenix_providers.errors import ProductError, UnauthorizedError

_PASSWORD_COMMAND = "pulumi config set --secret phoenix:portainerPassword"  # noqa: S105 - a command, not a secret
_KEY_COMMAND = "pulumi config set --secret phoenix:portainerApiKey"


class PortainerSession:
    """Requests as a signed-in user. An API key is preferred; a token is renewed once when it has expired.

    One sign-in serves all threads: the server bans an address that signs in too often.
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
        self._user = user
        self._password = password
        self._api_key = api_key
        self._token: str | None = None
        self._lock = threading.Lock()
        self._public = Transport("Portainer", url, timeout=timeout, trust=trust)
        self._signed_in = Transport("Portainer", url, timeout=timeout, trust=trust, headers=self._credentials)

    def status(self) -> Mapping[str, Any]:
        """Return the public status (`Version`, `InstanceID`); needs no credentials."""
        data: Mapping[str, Any] = self._public.read("/api/system/status").data
        return data

    def has_admin(self) -> bool:
        """Whether the first administrator has been made."""
        try:
            self._public.read("/api/users/admin/check")
        except ProductError as error:
            if error.status == 404:
                return False
            raise
        return True

    def sign_in(self) -> None:
        """Make sure that the credentials are accepted.

        Raises:
            UnauthorizedError: They are not, or there are none.
        """
        if self._api_key is not None:
            self.read("/api/endpoints", {"limit": "1", "start": "1", "excludeSnapshots": "true"})
        else:
            self._ensure_token()

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """GET as the signed-in user."""
        return self._renewing(lambda: self._signed_in.read(path, params))

    def write(self, verb: str, path: str, **options: Any) -> Answer:
        """Write as the signed-in user; a refused token means that nothing was done, so it is safe to renew."""
        return self._renewing(lambda: self._signed_in.write(verb, path, **options))

    def _renewing(self, request: Callable[[], Answer]) -> Answer:
        used = self._token
        try:
            return request()
        except UnauthorizedError as error:
            if self._api_key is not None:
                raise self._refused_key(error) from None
            with self._lock:
                if self._token == used:
                    self._token = None
            return request()

    def _credentials(self) -> Mapping[str, str]:
        if self._api_key is not None:
            return {"X-API-Key": self._api_key.get_secret_value()}
        return {"Authorization": f"Bearer {self._ensure_token()}"}

    def _ensure_token(self) -> str:
        with self._lock:
            if self._token is None:
                self._token = self._new_token()
            return self._token

    def _new_token(self) -> str:
        if self._password is None:
            raise UnauthorizedError(
                "No credentials for Portainer are configured",
                where=self.url,
                expected="an API key, or the password of the administrator",
                next_step=f"{_KEY_COMMAND}   (or {_PASSWORD_COMMAND})",
            )
        body = {"Username": self._user, "Password": self._password.get_secret_value()}
        try:
            return str(self._public.write("POST", "/api/auth", json=body).data["jwt"])
        except ProductError as error:
            raise self._sign_in_failure(error) from None

    def _sign_in_failure(self, error: ProductError) -> ProductError:
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

    def _refused_key(self, error: UnauthorizedError) -> UnauthorizedError:
        return UnauthorizedError(
            "Portainer refused the API key",
            where=self.url,
            seen=error.explanation.seen,
            expected="a key made under My account > Access tokens",
            next_step=_KEY_COMMAND,
            status=401,
        )
