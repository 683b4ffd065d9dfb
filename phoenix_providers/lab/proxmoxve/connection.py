"""Requests to the Proxmox API, as the real plugin sends them.

No time limit, as measured. A GET is tried three times when the connection fails, and once more without a pause when it
was a kept one that had died; a write is tried once. An answer that is not a success is never tried again. Connections
are kept and used again, so that they outlive a change of the firewall. Proxmox puts its message into the reason phrase
of the status line.
"""

from __future__ import annotations

import http.client
import json
import select
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from phoenix_providers.lab.proxmoxve.answers import data_of
from phoenix_providers.lab.proxmoxve.errors import ApiError
from phoenix_providers.lab.proxmoxve.http_refusal import http_refusal
from phoenix_providers.lab.proxmoxve.network_words import network_words
from phoenix_providers.lab.proxmoxve.settings import Settings

_TRIES = 3
_PAUSE = 0.25


class Connection:
    """Speaks to one Proxmox; may be used by several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tls = ssl.create_default_context()
        self._tls.minimum_version = settings.least_tls
        if settings.insecure:
            self._tls.check_hostname = False
            self._tls.verify_mode = ssl.CERT_NONE
        self._login = threading.Lock()
        self._idle: list[http.client.HTTPSConnection] = []
        self._ticket, self._csrf_token = settings.ticket, settings.csrf_token

    def get(self, path: str) -> Any:
        """Return the data of an answer, an object or a list.

        Errors:
            ApiError: refused, no connection, or no data in the answer.
        """
        return data_of(self._request("GET", path), path)

    def write(self, method: str, path: str, form: Mapping[str, str] | None = None) -> None:
        """Send a form with PUT or POST, or a DELETE.

        Errors:
            ApiError: refused, or no connection; with the latter the write may have happened.
        """
        self._request(method, path, form)

    def _request(self, method: str, path: str, form: Mapping[str, str] | None = None) -> bytes:
        headers = self._credentials(method)
        tries = _TRIES if method == "GET" else 1
        for left in reversed(range(tries)):
            try:
                return self._exchange(method, path, form, headers)
            except (OSError, http.client.HTTPException) as error:
                if not left:
                    host, port = self._settings.address
                    raise ApiError(
                        f"failed to perform HTTP {method} request (path: {path}) - Reason: "
                        f'{method.title()} "https://{host}:{port}/api2/json/{path}": {network_words(error, host, port)}'
                    ) from None
                time.sleep(_PAUSE)
        raise AssertionError("there is always a last try")

    def _exchange(self, method: str, path: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> bytes:
        body = None
        sent = dict(headers)
        if form is not None:
            body = urlencode(sorted(form.items()))
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        while True:
            connection = self._open()
            is_kept = connection.sock is not None
            try:
                connection.request(method, f"/api2/json/{path}", body, sent)
                response = connection.getresponse()
                answer = response.read()
                break
            except BaseException as error:
                connection.close()
                if not (method == "GET" and is_kept and isinstance(error, ConnectionError)):
                    raise
        self._keep(connection, response)
        if not 200 <= response.status < 300:
            raise http_refusal(response.status, response.reason, answer)
        return answer

    def _open(self) -> http.client.HTTPSConnection:
        """Return an idle connection that the server has not closed, or a new one."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return http.client.HTTPSConnection(*self._settings.address, context=self._tls)
            # Something to read before anything was asked is the end of the connection.
            if connection.sock and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()

    def _keep(self, connection: http.client.HTTPSConnection, response: http.client.HTTPResponse) -> None:
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)

    def _credentials(self, method: str) -> dict[str, str]:
        headers = {"Accept": "application/json", "User-Agent": "phoenix-lab-proxmoxve"}
        if self._settings.token:
            return headers | {"Authorization": f"PVEAPIToken={self._settings.token}"}
        with self._login:
            if not self._ticket:
                self._sign_in()
        headers["Cookie"] = f"PVEAuthCookie={self._ticket}"
        if method != "GET":
            headers["CSRFPreventionToken"] = self._csrf_token
        return headers

    def _sign_in(self) -> None:
        """Get a ticket; it is kept for the life of the plugin, also when it has expired."""
        form = {"username": self._settings.username, "password": self._settings.password}
        try:
            answer = json.loads(self._exchange("POST", "access/ticket", form, {}))["data"]
            self._ticket, self._csrf_token = answer["ticket"], answer["CSRFPreventionToken"]
        except ApiError as error:
            raise ApiError(f"failed to authenticate: {error}") from None
        except (OSError, http.client.HTTPException, ValueError, TypeError, KeyError) as error:
            raise ApiError(f"failed to retrieve authentication response: {error}") from None
