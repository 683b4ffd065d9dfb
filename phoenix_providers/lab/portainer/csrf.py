"""The check that bites clients which keep cookies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from aiohttp import web

from phoenix_providers.lab.portainer.refusal import Refusal

AUTH_COOKIE = "portainer_api_key"
_CSRF_COOKIE = "_gorilla_csrf"
_HEADER = "X-CSRF-Token"
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class CrossSiteCheck:
    """Writes with the auth cookie need a matching token; without that cookie nothing is checked."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def check(self, request: web.Request) -> web.Response | None:
        """Return the refusal of a request; raises Refusal for two credentials at once."""
        if not request.cookies.get(AUTH_COOKIE):
            if request.headers.get("X-API-Key") and request.headers.get("Authorization"):
                raise Refusal(403, "api key and auth header are not allowed at the same time")
            return None
        cookie = request.cookies.get(_CSRF_COOKIE, "")
        if request.method in _SAFE or hmac.compare_digest(
            request.headers.get(_HEADER, "").encode(), self._token(cookie).encode()
        ):
            return None
        refusal = web.Response(status=403, text="Forbidden - CSRF token not found in request\n")
        self._give_cookie(refusal)
        return refusal

    def decorate(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add the token to an answer; it is empty for clients without the auth cookie."""
        if response.prepared or response.status >= 400:
            return
        if not request.cookies.get(AUTH_COOKIE):
            response.headers[_HEADER] = ""
            return
        cookie = request.cookies.get(_CSRF_COOKIE) or self._give_cookie(response)
        response.headers[_HEADER] = self._token(cookie)

    def _give_cookie(self, response: web.StreamResponse) -> str:
        cookie = secrets.token_urlsafe(48)
        response.set_cookie(_CSRF_COOKIE, cookie, path="/", max_age=43200, httponly=True, samesite="Lax")
        return cookie

    def _token(self, cookie: str) -> str:
        if not cookie:
            return secrets.token_hex(32)
        return base64.b64encode(hmac.new(self._key, cookie.encode(), hashlib.sha256).digest()).decode()
