"""The first administrator, who am I, and API keys."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from aiohttp import web

from phoenix_providers.lab.portainer.auth import BY_API_KEY, USER, Authentication, password_matches, password_record
from phoenix_providers.lab.portainer.payload import Payload
from phoenix_providers.lab.portainer.rate_limit import RateLimit
from phoenix_providers.lab.portainer.refusal import DATABASE_MISS, Refusal, absent, json_answer, route_number
from phoenix_providers.lab.portainer.store import Record, Store

_PASSWORD_LENGTH = 12
_ADMINISTRATOR = 1


class FirstAdministrator:
    """Without an administrator the server waits five minutes for one, then refuses everything until a restart."""

    def __init__(self, store: Store, setup_token: str, window: float, now: Callable[[], float]) -> None:
        self._store = store
        self._setup_token = setup_token
        self._now = now
        self._end = now() + window

    def routes(self) -> list[web.RouteDef]:
        """Return the public routes."""
        return [
            web.get("/api/users/admin/check", self._check, allow_head=False),
            web.post("/api/users/admin/init", self._init),
        ]

    def check_window(self) -> web.Response | None:
        """Return the answer to everything once the time is up."""
        if self._store.users or self._now() < self._end:
            return None
        answer = Refusal(303, "Administrator initialization timeout").answer()
        answer.headers["Redirect-Reason"] = "AdminInitTimeout"
        return answer

    def create(self, name: str, password: str) -> Record:
        """Add the administrator."""
        number = self._store.next_id("users")
        self._store.users[number] = {
            "Id": number,
            "Username": name,
            "Role": _ADMINISTRATOR,
            "Password": password_record(password),
        }
        self._store.save()
        return self._store.users[number]

    async def _check(self, request: web.Request) -> web.Response:
        if self._store.users:
            return web.Response(status=204)
        raise Refusal(404, "No administrator account found inside the database", DATABASE_MISS)

    async def _init(self, request: web.Request) -> web.Response:
        payload = await Payload.of(request)
        if self._setup_token and not hmac.compare_digest(
            request.headers.get("X-Setup-Token", "").encode(), self._setup_token.encode()
        ):
            raise Refusal(403, "Invalid setup token", "Access denied to resource")
        if self._store.users:
            raise Refusal(409, "Unable to create administrator user", "An administrator user already exists")
        if len(payload.text("Password")) < _PASSWORD_LENGTH:
            raise Refusal(400, "Password does not meet the requirements")
        return json_answer(_shown(self.create(payload.text("Username"), payload.text("Password"))))


class Users:
    """Routes of signed-in users."""

    def __init__(self, store: Store, authentication: Authentication, limit: RateLimit) -> None:
        self._store = store
        self._authentication = authentication
        self._limit = limit

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/users/me", self._me, allow_head=False),
            web.get("/api/users/{id}/tokens", self._list_keys, allow_head=False),
            web.post("/api/users/{id}/tokens", self._create_key),
            web.delete("/api/users/{id}/tokens/{key}", self._delete_key),
        ]

    async def _me(self, request: web.Request) -> web.Response:
        return json_answer(_shown(self._store.users[request[USER]]))

    async def _list_keys(self, request: web.Request) -> web.Response:
        user = self._own_id(request, "Permission denied to get user access tokens")
        hidden = ("digest",)
        return json_answer(
            [
                {key: value for key, value in record.items() if key not in hidden}
                for record in self._store.keys.values()
                if record["userId"] == user
            ]
        )

    async def _create_key(self, request: web.Request) -> web.Response:
        self._limit.check(request)
        user = self._own_id(request, "Permission denied to create user access token")
        payload = await Payload.of(request)
        if request[BY_API_KEY] or not payload.text("password"):
            raise Refusal(403, "Access denied", "Access denied to resource")
        if not password_matches(self._store.users[user], payload.text("password")):
            raise Refusal(
                403,
                "Current password doesn't match",
                "Current password does not match the password provided. Please try again",
            )
        raw, record = self._authentication.issue_key(user, payload.text("description"))
        return json_answer({"rawAPIKey": raw, "apiKey": record}, 201)

    async def _delete_key(self, request: web.Request) -> web.Response:
        user = self._own_id(request, "Permission denied to delete user access token")
        number = route_number(request, "api-key", "key")
        if self._store.keys.get(number, {}).get("userId") != user:
            raise absent(
                "Unable to find an API key with the specified identifier inside the database", "api_key", number
            )
        del self._store.keys[number]
        self._store.save()
        return web.Response(status=204)

    def _own_id(self, request: web.Request, message: str) -> int:
        number = route_number(request, "user")
        if number != request[USER]:
            raise Refusal(403, message, "Unauthorized")
        return number


def _shown(user: Record) -> Record:
    return {
        "Id": user["Id"],
        "Username": user["Username"],
        "Role": user["Role"],
        "TokenIssueAt": 0,
        "ThemeSettings": {"color": ""},
        "UseCache": False,
        "PortainerAuthorizations": None,
        "EndpointAuthorizations": None,
        "forceChangePassword": False,
    }
