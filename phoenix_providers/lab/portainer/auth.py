"""Signing in, and finding out who sends a request."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time

from aiohttp import web

from phoenix_providers.lab.portainer.csrf import AUTH_COOKIE
from phoenix_providers.lab.portainer.payload import Payload
from phoenix_providers.lab.portainer.rate_limit import RateLimit
from phoenix_providers.lab.portainer.refusal import Refusal, invalid_payload, json_answer
from phoenix_providers.lab.portainer.store import Record, Store
from phoenix_providers.lab.portainer.tokens import SESSION_SECONDS, SessionTokens

USER = web.RequestKey("user", int)
BY_API_KEY = web.RequestKey("by_api_key", bool)


class Authentication:
    """Passwords, session tokens and API keys."""

    def __init__(self, store: Store, limit: RateLimit) -> None:
        self._store = store
        self._limit = limit
        self._tokens = SessionTokens()

    def routes(self) -> list[web.RouteDef]:
        """Return the public route for signing in."""
        return [web.post("/api/auth", self._sign_in)]

    def identify(self, request: web.Request) -> None:
        """Note on the request who sends it; raises Refusal 401. The first credential found decides."""
        key = request.headers.get("X-API-Key") or _query_value(request, "x-api-key")
        if key:
            request[USER] = self._user_of_key(key)
            request[BY_API_KEY] = True
            return
        token = request.cookies.get(AUTH_COOKIE) or _bearer(request) or request.query.get("token", "")
        if not token:
            raise Refusal(401, "A valid authorization token is missing", "Unauthorized")
        user = self._tokens.user_of(token)
        if user is None or user not in self._store.users:
            raise _bad_token()
        request[USER] = user
        request[BY_API_KEY] = False

    def issue_key(self, user_id: int, description: str) -> tuple[str, Record]:
        """Return a new API key in clear, and its record."""
        raw = f"ptr_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        number = self._store.next_id("keys")
        record = {
            "id": number,
            "userId": user_id,
            "description": description,
            "prefix": raw[:7],
            "dateCreated": int(time.time()),
            "lastUsed": 0,
            "digest": _key_digest(raw),
        }
        self._store.keys[number] = record
        self._store.save()
        return raw, record

    async def _sign_in(self, request: web.Request) -> web.Response:
        self._limit.check(request)
        payload = await Payload.of(request)
        for field in ("Username", "Password"):
            if not payload.text(field):
                raise invalid_payload(f"Invalid {field.lower()}")
        for user in self._store.users.values():
            known = hmac.compare_digest(user["Username"].encode(), payload.text("Username").encode())
            if known and password_matches(user, payload.text("Password")):
                token = self._tokens.issue(user["Id"], user["Username"], user["Role"])
                answer = json_answer({"jwt": token})
                answer.set_cookie(
                    AUTH_COOKIE, token, path="/", max_age=SESSION_SECONDS, httponly=True, samesite="Strict"
                )
                return answer
        raise Refusal(422, "Invalid credentials", "Unauthorized")

    def _user_of_key(self, raw: str) -> int:
        digest = _key_digest(raw)
        for record in self._store.keys.values():
            if hmac.compare_digest(record["digest"], digest):
                # The real one writes this at most once a minute, too.
                if time.time() - record["lastUsed"] > 60:
                    record["lastUsed"] = int(time.time())
                    self._store.save()
                return int(record["userId"])
        raise _bad_token()


def password_record(password: str) -> str:
    """Return what is kept of a password."""
    salt = secrets.token_hex(8)
    return f"{salt}:{_password_digest(salt, password)}"


def password_matches(user: Record, password: str) -> bool:
    """Whether this is the user's password."""
    salt, _, digest = user["Password"].partition(":")
    return hmac.compare_digest(digest, _password_digest(salt, password))


def _password_digest(salt: str, password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 1000).hex()


def _key_digest(raw: str) -> str:
    return base64.b64encode(hashlib.sha256(raw.encode()).digest()).decode()


def _bearer(request: web.Request) -> str:
    # A header without "Bearer" is taken as the token itself; another spelling of it makes a bad token.
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def _query_value(request: web.Request, name: str) -> str:
    return next((value for key, value in request.query.items() if key.lower() == name), "")


def _bad_token() -> Refusal:
    return Refusal(401, "Invalid JWT token", "Unauthorized")
